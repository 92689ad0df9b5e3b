import { randomUUID } from 'node:crypto';
import type { Store } from '@plumbline/clickhouse';

/** The latest word of one holder on one lease; terms of one lease rise with each change of hands. */
export interface LeaseWord {
  readonly lease_name: string;
  readonly holder: string;
  readonly term: number;
  /** Its last term that nobody disputed; 0: none. */
  readonly held_term: number;
  readonly is_in_force: boolean;
}

export interface LeaseEntry {
  readonly lease_name: string;
  readonly term: number;
  readonly held_term: number;
  /** 0 gives the lease up. */
  readonly lapse_ms: number;
}

/** The table `leases`. Every method rejects with a StoreError when the store does not answer. */
export class LeaseTable {
  constructor(
    readonly store: Store,
    readonly holder: string,
  ) {}

  async words(lease_names: readonly string[], signal: AbortSignal): Promise<readonly LeaseWord[]> {
    const rows = await this.store.query<WordRow>(
      `SELECT lease_name, holder, term, held_term, is_in_force FROM latest_leases
       WHERE lease_name IN {lease_names:Array(String)}`,
      { params: { lease_names }, settings: newest, signal },
    );
    return rows.map((row) => ({
      ...row,
      term: Number(row.term),
      held_term: Number(row.held_term),
      is_in_force: Boolean(row.is_in_force),
    }));
  }

  /** Holders with a lease in force whose name begins so. */
  async living(beginning: string, signal: AbortSignal): Promise<readonly string[]> {
    const rows = await this.store.query<{ readonly holder: string }>(
      `SELECT DISTINCT holder FROM latest_leases WHERE startsWith(lease_name, {beginning:String}) AND is_in_force`,
      { params: { beginning }, settings: newest, signal },
    );
    return rows.map(({ holder }) => holder);
  }

  async write(entries: readonly LeaseEntry[], signal: AbortSignal): Promise<void> {
    if (entries.length === 0) return;
    const ndjson = entries.map((entry) => JSON.stringify({ ...entry, holder: this.holder })).join('\n');
    await this.store.insert('leases', ndjson, { token: `${this.holder}:${randomUUID()}`, signal });
  }
}

type WordRow = Record<'lease_name' | 'holder' | 'term' | 'held_term', string> & { readonly is_in_force: number };

/** A replica that lags must not answer: who may act is decided by what was written a moment ago. */
const newest = { select_sequential_consistency: 1 } as const;
