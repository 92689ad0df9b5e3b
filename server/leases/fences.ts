import type { Store } from '@plumbline/clickhouse';
import { fenceOf, unpackState } from '@plumbline/collector';
import type { Bus, Log } from '@plumbline/collector';
import { errorText } from '../logging.js';

/** An instance whose last owner left nothing, and the term under which it is claimed now. */
export interface Orphan {
  readonly instance_id: string;
  readonly term: number;
}

/** What of former owners was in the store when the fence came by. */
export interface Left {
  readonly states: readonly { readonly aspect: string; readonly value: unknown }[];
  /** Aspects whose last state did not travel: they are read anew. */
  readonly untold: readonly string[];
}

interface BaseRow {
  readonly instance_id: string;
  readonly term: string;
  readonly aspect: string;
  readonly base_term: string;
  readonly base_sequence: string;
}

interface StateRow extends Pick<BaseRow, 'aspect'> {
  readonly term: string;
  readonly sequence: string;
  readonly state: string;
}

const keyOf = ({ instance_id, term }: { instance_id: string; term: number | string }): string =>
  `${instance_id}\n${term}`;

/**
 * How the states of an owner that was killed are found: a fence goes among its batches, and once a sink has taken it in,
 * it is known for ever which of them are counted and from which states to go on (docs/decisions/0011-roles.md).
 */
export class Fences {
  readonly #sent = new Set<string>();

  constructor(
    readonly store: Store,
    readonly bus: Pick<Bus, 'publish'>,
    readonly log: Log,
  ) {}

  /** Sends it once; a broker that is away is tried again at the next call. */
  raise(orphan: Orphan): void {
    const key = keyOf(orphan);
    if (this.#sent.has(key)) return;
    this.#sent.add(key);
    this.bus.publish(fenceOf(orphan.instance_id, orphan.term)).catch((error: unknown) => {
      this.#sent.delete(key);
      this.log('warn', 'A fence could not be sent; it is tried again', { ...orphan, error: errorText(error) });
    });
  }

  /** Of those whose fence a sink has taken in: what to go on from. */
  async passed(orphans: readonly Orphan[], signal: AbortSignal): Promise<ReadonlyMap<Orphan, Left>> {
    const names = orphans.map(({ instance_id }) => instance_id);
    const rows = await this.store.query<BaseRow>(
      `SELECT DISTINCT instance_id, term, aspect, base_term, base_sequence FROM reader_fences
       WHERE instance_id IN {names:Array(String)}`,
      { params: { names }, settings: newest, signal },
    );
    const found = new Map<Orphan, Left>();
    for (const orphan of orphans) {
      const bases = rows.filter((row) => keyOf(row) === keyOf(orphan));
      if (bases.length === 0) continue;
      found.set(orphan, await this.#leftAt(orphan, bases, signal));
      this.#sent.delete(keyOf(orphan));
    }
    return found;
  }

  async #leftAt({ instance_id, term }: Orphan, bases: readonly BaseRow[], signal: AbortSignal): Promise<Left> {
    const rows = await this.store.query<StateRow>(
      `SELECT aspect, term, sequence, state FROM reader_states FINAL
       WHERE instance_id = {instance_id:String} AND term < {term:UInt64}`,
      { params: { instance_id, term }, settings: newest, signal },
    );
    const isBase = (row: StateRow): boolean =>
      bases.some(
        (base) => base.aspect === row.aspect && base.base_term === row.term && base.base_sequence === row.sequence,
      );
    const states = rows.filter(isBase).map(async ({ aspect, state }) => ({ aspect, value: await unpackState(state) }));
    const told = new Set(bases.map(({ aspect }) => aspect));
    const untold = new Set(rows.map(({ aspect }) => aspect).filter((aspect) => !told.has(aspect)));
    return { states: await Promise.all(states), untold: [...untold] };
  }
}

/** A replica that lags must not answer. */
const newest = { select_sequential_consistency: 1 } as const;
