import { utc, type AspectOutcome, type InstanceMetricRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { allowed } from '../allowed.js';
import { grantProcess } from '../grants.js';
import { statement, statusTable, type Query, type ServerFacts } from '../source.js';
import type { CollectAspect } from './reading.js';
import { lifeEvents, type ServerLife } from './server-life.js';

interface MetricsState {
  readonly shape: 'mysql.metrics.1';
  readonly at: string;
  readonly life: ServerLife;
  readonly counters: Readonly<Record<string, string>>;
}

const shape = 'mysql.metrics.1';

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly is_counter: boolean;
  /** The server's own unit is this many of ours. */
  readonly factor?: bigint;
}

const counter = (name: string, unit: string, factor?: bigint): Metric => ({
  ...{ name, unit, is_counter: true },
  ...(factor === undefined ? {} : { factor }),
});
const gauge = (name: string, unit: string): Metric => ({ name, unit, is_counter: false });

/** By the server's name of the status variable, or the name in our own statement, in lower case. */
const metrics_by_variable: Readonly<Record<string, Metric>> = {
  handler_commit: counter('database.commits', 'count'),
  handler_rollback: counter('database.rollbacks', 'count'),
  innodb_buffer_pool_reads: counter('database.blocks_read', 'blocks'),
  innodb_buffer_pool_read_requests: counter('database.block_requests', 'blocks'),
  innodb_data_read: counter('database.read_bytes', 'bytes'),
  innodb_data_written: counter('database.written_bytes', 'bytes'),
  innodb_os_log_written: counter('wal.bytes', 'bytes'),
  innodb_data_fsyncs: counter('database.fsyncs', 'count'),
  innodb_row_lock_waits: counter('locks.row_waits', 'count'),
  innodb_row_lock_time: counter('locks.row_wait_time_us', 'us', 1_000n),
  innodb_deadlocks: counter('database.deadlocks', 'count'),
  lock_deadlocks: counter('database.deadlocks', 'count'),
  table_locks_waited: counter('locks.table_waits', 'count'),
  created_tmp_tables: counter('temporary.tables', 'count'),
  created_tmp_disk_tables: counter('temporary.disk_tables', 'count'),
  sort_merge_passes: counter('temporary.sort_merge_passes', 'count'),
  select_full_join: counter('statements.full_joins', 'count'),
  select_scan: counter('statements.full_scans', 'count'),
  slow_queries: counter('statements.slow', 'count'),
  questions: counter('statements.run', 'count'),
  statement_time_us: counter('statements.time_us', 'us'),
  bytes_received: counter('network.received_bytes', 'bytes'),
  bytes_sent: counter('network.sent_bytes', 'bytes'),
  connections: counter('sessions.attempts', 'count'),
  aborted_connects: counter('sessions.failed_attempts', 'count'),
  aborted_clients: counter('sessions.aborted', 'count'),
  performance_schema_digest_lost: counter('statements.lost_digests', 'count'),
  threads_connected: gauge('sessions.connected', 'count'),
  innodb_buffer_pool_pages_dirty: gauge('buffers.dirty_pages', 'blocks'),
  innodb_buffer_pool_pages_free: gauge('buffers.free_pages', 'blocks'),
  innodb_buffer_pool_pages_total: gauge('buffers.pages', 'blocks'),
  innodb_history_list_length: gauge('undo.history_length', 'count'),
  trx_rseg_history_len: gauge('undo.history_length', 'count'),
};

/** Counters of the whole server as what happened in the window, gauges as they are, and what became of the server. */
export const metrics: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const { facts } = reading.source;
    const before = stateOf<MetricsState>(previous, shape);
    const status = await readStatus(query, facts);
    const window = windowOf(reading, before?.at);
    const life = lifeOf(status.values, facts, window.end);
    const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
    const counted = Object.fromEntries(
      [...status.values].flatMap(([name, value]) =>
        metrics_by_variable[name]?.is_counter === true ? [[name, value.toString()]] : [],
      ),
    );
    const state: MetricsState = { shape, at: window.end.toISOString(), life, counters: counted };
    if (before === undefined) return collected(window, {}, state, status.values.size, status.outcome);
    const events = lifeEvents(before.life, life, window.end).map((event) => ({
      ...{ instance_id: reading.instance_id, noticed_after: base.window_start },
      ...{ database_name: '', object_name: '', query_hash: '' },
      ...event,
    }));
    const rows = [...status.values].flatMap(([name, value]) => valueOf(name, value, before.counters));
    const instance_metrics = rows.map((row) => ({ ...base, ...row }));
    return collected(window, { instance_metrics, instance_events: events }, state, status.values.size, status.outcome);
  });

/** A counter that went down was reset: what it says now happened since. */
export function counterDelta(now: bigint, before: string | undefined): bigint {
  if (before === undefined) return 0n;
  const difference = now - BigInt(before);
  return difference < 0n ? now : difference;
}

function valueOf(
  variable: string,
  value: bigint,
  before: Readonly<Record<string, string>>,
): Pick<InstanceMetricRow, 'metric' | 'value' | 'unit'>[] {
  const metric = metrics_by_variable[variable];
  if (metric === undefined) return [];
  const { name, unit, is_counter, factor } = metric;
  if (!is_counter) return [{ metric: name, value: Number(value), unit }];
  if (before[variable] === undefined) return [];
  return [{ metric: name, value: Number(counterDelta(value, before[variable]) * (factor ?? 1n)), unit }];
}

interface Status {
  readonly values: ReadonlyMap<string, bigint>;
  readonly outcome: AspectOutcome;
}

async function readStatus(query: Query, facts: ServerFacts): Promise<Status> {
  const names = ['uptime', 'uptime_since_flush_status', ...Object.keys(metrics_by_variable)];
  const sql = statement('metrics-counters.sql')
    .replace('{{table}}', statusTable(facts.family))
    .replace('{{names}}', names.map((name) => `'${name}'`).join(', '));
  const rows = await query(sql);
  // MariaDB shows in its status what MySQL shows here only.
  const innodb = facts.family === 'mysql' ? await allowed(() => query(statement('metrics-innodb.sql'))) : [];
  // Who may not read it may not read statements either, and is told so there.
  const statements = (await allowed(() => query(statement('metrics-statements.sql')))) ?? [];
  const outcome: AspectOutcome =
    innodb === undefined
      ? { state: 'degraded', message: 'deadlocks and undo history may not be read', fix: grantProcess(facts) }
      : { state: 'ok', message: '', fix: '' };
  return {
    values: new Map([...rows, ...(innodb ?? []), ...statements].map((row) => [row.text('name'), row.whole('value')])),
    outcome,
  };
}

function lifeOf(values: ReadonlyMap<string, bigint>, facts: ServerFacts, now: Date): ServerLife {
  const since = (name: string): number => now.getTime() - Number(values.get(name) ?? 0n) * 1_000;
  const started_ms = since('uptime');
  const flushed_ms = values.has('uptime_since_flush_status') ? since('uptime_since_flush_status') : started_ms;
  return { started_ms, flushed_ms, version: facts.server_version };
}
