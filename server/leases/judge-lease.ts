import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { StoreError } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import type { Log } from '@plumbline/collector';
import type { Turn } from '../jobs.js';
import { errorText } from '../logging.js';
import { beatMs, startBeat } from './beat.js';
import { LeaseTable } from './lease-table.js';
import { Leases } from './leases.js';

/** The right to run the analytics jobs, which one of all processes on a store has. */
export interface JudgeLease {
  readonly turn: Turn;
  /** The store as the jobs get it: writes are refused once the lease is another's. */
  readonly store: Store;
  stop(): Promise<void>;
}

const lease_name = 'analytics';

export function startJudgeLease(store: Store, lapse_s: number, log: Log): JudgeLease {
  const holder = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const leases = new Leases(new LeaseTable(store, holder), lapse_s * 1000);
  const round = async (): Promise<void> => {
    const won = await leases.seek([lease_name]);
    if (won.length === 0) return;
    await leases.takeUp([lease_name]);
    if (leases.holds(lease_name)) log('info', 'The analytics jobs run here from now on', { term: won[0]?.term });
  };
  const beat = startBeat(round, beatMs(lapse_s * 1000), log);
  return {
    turn: { isOurs: () => leases.holds(lease_name), ask_again_s: beatMs(lapse_s * 1000) / 1000 },
    store: fencedStore(store, () => leases.holds(lease_name)),
    async stop() {
      await beat.stop();
      await leases.release([lease_name]).catch((error: unknown) => {
        log('warn', 'The analytics lease was not given up; it lapses', { error: errorText(error) });
      });
    },
  };
}

/** A process that was asleep while another took over must not add its own findings to theirs. */
export function fencedStore(store: Store, isHeld: () => boolean): Store {
  const refuse = (): void => {
    if (!isHeld()) throw new StoreError('another process runs the analytics jobs now; nothing was written');
  };
  return {
    query: (sql, options) => store.query(sql, options),
    async command(sql, options) {
      refuse();
      await store.command(sql, options);
    },
    async insert(table, ndjson, options) {
      refuse();
      await store.insert(table, ndjson, options);
    },
    close: () => store.close(),
  };
}
