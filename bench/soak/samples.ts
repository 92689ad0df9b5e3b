import type { Store } from '@plumbline/clickhouse';
import type { Child } from '@plumbline/collector/testing/faults/child';
import type { Stage } from '@plumbline/collector/testing/faults/stage';
import { residentMb } from '../resident.js';

/** The processes that are watched. */
export interface Watched {
  readonly collector: Child;
  readonly sink: Child;
  readonly store: Child;
}

/** One look at a running road. */
export interface Sample {
  readonly at_h: number;
  readonly collector_mb: number;
  readonly sink_mb: number;
  readonly store_mb: number;
  /** What is left of the heap and its buffers once garbage is collected. */
  readonly collector_heap_mb: number;
  readonly sink_heap_mb: number;
  readonly lag_messages: number;
  /** In the partition that has most: a server slows writers down from a bound on. */
  readonly parts: number;
}

/** Undefined while a process has not told of its heap. */
export async function takeSample(
  at_h: number,
  { collector, sink, store }: Watched,
  stage: Stage,
): Promise<Sample | undefined> {
  const [lag_messages, parts] = await Promise.all([stage.lag(), mostParts(stage.store)]);
  const [collector_heap_mb, sink_heap_mb] = [heapMb(collector), heapMb(sink)];
  if (collector_heap_mb === undefined || sink_heap_mb === undefined) return undefined;
  return {
    at_h,
    collector_mb: residentMb(collector.pid, 'VmRSS'),
    sink_mb: residentMb(sink.pid, 'VmRSS'),
    store_mb: residentMb(store.pid, 'VmRSS'),
    collector_heap_mb,
    sink_heap_mb,
    lag_messages,
    parts,
  };
}

function heapMb({ lines }: Child): number | undefined {
  const told = lines.findLast((line) => line.startsWith('heap '));
  return told === undefined ? undefined : Number(told.split(' ')[1]) / 2 ** 20;
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
