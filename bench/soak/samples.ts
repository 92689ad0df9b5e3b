import type { Store } from '@plumbline/clickhouse';
import type { Stage } from '@plumbline/collector/testing/faults/stage';
import { residentMb } from '../resident.js';

/** The processes that are watched. */
export interface Pids {
  readonly collector: number;
  readonly sink: number;
  readonly store: number;
}

/** One look at a running road. */
export interface Sample {
  readonly at_h: number;
  readonly collector_mb: number;
  readonly sink_mb: number;
  readonly store_mb: number;
  readonly lag_messages: number;
  /** In the partition that has most: a server slows writers down from a bound on. */
  readonly parts: number;
}

export async function takeSample(at_h: number, pids: Pids, stage: Stage): Promise<Sample> {
  const [lag_messages, parts] = await Promise.all([stage.lag(), mostParts(stage.store)]);
  return {
    at_h,
    collector_mb: residentMb(pids.collector, 'VmRSS'),
    sink_mb: residentMb(pids.sink, 'VmRSS'),
    store_mb: residentMb(pids.store, 'VmRSS'),
    lag_messages,
    parts,
  };
}

async function mostParts(store: Store): Promise<number> {
  const [row] = await store.query<{ parts: string }>(
    `SELECT toString(max(parts)) AS parts FROM (
       SELECT count() AS parts FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table, partition_id)`,
  );
  return Number(row?.parts ?? 0);
}

/**
 * Seconds from the end of an interval until its batch was in the store with all views, one per batch whose interval
 * ended after `since`. Both clocks are this machine's.
 */
export async function agesS(store: Store, since: Date): Promise<readonly number[]> {
  const rows = await store.query<{ age_ms: string }>(
    `SELECT toString(dateDiff('millisecond', ended.ended_at, stored.first_stored_at)) AS age_ms
     FROM (SELECT batch_id, any(window_end) AS ended_at FROM query_deltas
           WHERE window_end >= fromUnixTimestamp64Milli({since_ms:Int64}) GROUP BY batch_id) AS ended
     INNER JOIN (SELECT batch_id, min(stored_at) AS first_stored_at FROM stored_batches GROUP BY batch_id) AS stored
       ON stored.batch_id = ended.batch_id`,
    { params: { since_ms: since.getTime() } },
  );
  return rows.map(({ age_ms }) => Number(age_ms) / 1_000);
}
