import { utc, type InstanceMetricRow, type WaitDeltaRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { parsed } from '../fields.js';
import type { Query } from '../source.js';
import { statement } from '../statement.js';
import { isIdleWait, waitClass } from '../wait-class.js';
import { outcomeOf, unreadableGap, type Gap } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import { readStoreWaits, type WaitsState } from './waits-store.js';

const shape = 'sqlserver.waits.1';

/**
 * Waits that the server measures: by statement from Query Store (rows of wait_deltas), and of the whole server by type
 * and class (metrics: they hold the statements' waits too, so they never stand beside them in one sum).
 */
export const waits: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const before = stateOf<WaitsState>(previous, shape);
    // Should this reading fail, samples of waits are wanted again.
    reading.source.measured_waits.clear();
    const window = windowOf(reading, before?.at);
    const { counters, unreadable } = await readServerWaits(query, reading);
    const store = await readStoreWaits(query, reading, before, window);
    const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
    const state: WaitsState = { shape, at: window.end.toISOString(), counters, ...store.state };
    const gaps: readonly Gap[] = [...store.gaps, ...unreadableGap('the wait views', unreadable + store.unreadable)];
    const rows = {
      wait_deltas: store.rows satisfies readonly Omit<WaitDeltaRow, 'batch_id'>[],
      instance_metrics: serverWaits(counters, before?.counters ?? {}).map((metric) => ({ ...base, ...metric })),
    };
    const rows_read = Object.keys(counters).length + store.rows_read;
    return collected(window, before === undefined ? {} : rows, state, rows_read, outcomeOf(gaps));
  });

/** Wait time in ms by type, without those of threads that have nothing to do. */
type ServerWaits = Readonly<Record<string, readonly [wait_ms: string, signal_ms: string]>>;

async function readServerWaits(
  query: Query,
  { source }: Reading,
): Promise<{ readonly counters: ServerWaits; readonly unreadable: number }> {
  const file = source.facts.is_azure_database ? 'waits-database.sql' : 'waits-server.sql';
  const { rows, unreadable } = parsed(await query(statement(file)), (row) => ({
    wait_type: row.text('wait_type'),
    times: [row.count('wait_time_ms').toString(), row.count('signal_wait_time_ms').toString()] as const,
  }));
  const loaded = rows.filter(({ wait_type }) => !isIdleWait(wait_type));
  return { counters: Object.fromEntries(loaded.map(({ wait_type, times }) => [wait_type, times])), unreadable };
}

/** A counter that fell was cleared or the server restarted: all of it is new. */
const since = (now: string, before: string | undefined): bigint => {
  const difference = BigInt(now) - BigInt(before ?? '0');
  return difference < 0n ? BigInt(now) : difference;
};

/** Resource waits by type and by class, and the time runnable tasks waited for a processor. */
function serverWaits(now: ServerWaits, before: ServerWaits): Pick<InstanceMetricRow, 'metric' | 'value' | 'unit'>[] {
  const sums = new Map<string, bigint>();
  const add = (metric: string, time_ms: bigint): void => {
    if (time_ms > 0n) sums.set(metric, (sums.get(metric) ?? 0n) + time_ms * 1_000n);
  };
  for (const [wait_type, [wait_ms, signal_ms]] of Object.entries(now)) {
    const waited = since(wait_ms, before[wait_type]?.[0]);
    const signalled = since(signal_ms, before[wait_type]?.[1]);
    const resource = waited > signalled ? waited - signalled : 0n;
    add(`wait_type.${wait_type}_us`, waited);
    add(`waits.${waitClass(wait_type)}_time_us`, resource);
    add('waits.signal_time_us', signalled);
  }
  return [...sums].map(([metric, value]) => ({ metric, value: Number(value), unit: 'us' }));
}
