import { utc } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { parsed } from '../fields.js';
import {
  counter_names,
  counterMetrics,
  grown,
  type CounterRow,
  type CounterState,
  type Metric,
} from '../performance-counters.js';
import type { Query } from '../source.js';
import { statement } from '../statement.js';
import { outcomeOf, unreadableGap } from './outcome.js';
import type { CollectAspect } from './reading.js';
import { lifeEvents, readLife, type ServerLife } from './server-life.js';

interface MetricsState {
  readonly shape: 'sqlserver.metrics.1';
  readonly at: string;
  readonly life: ServerLife;
  readonly counters: CounterState;
  readonly files: Readonly<Record<string, string>>;
}

const shape = 'sqlserver.metrics.1';

/** Counters of the whole server as what happened in the window, gauges as they are, and restarts. */
export const metrics: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const before = stateOf<MetricsState>(previous, shape);
    const life = await readLife(query);
    reading.source.life.started_at = new Date(life.started_at);
    const read = await readCounters(query);
    const files = await readFiles(query);
    const cpu = await readCpu(query);
    const window = windowOf(reading, before?.at);
    const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
    const counters = counterMetrics(read.rows, before?.counters ?? {});
    const state: MetricsState = { shape, at: window.end.toISOString(), life, counters: counters.state, files };
    const told = [...counters.metrics, ...cpu, ...fileMetrics(files, before?.files ?? {})];
    const outcome = outcomeOf(unreadableGap('sys.dm_os_performance_counters', read.unreadable));
    if (before === undefined) return collected(window, {}, state, read.rows.length, outcome);
    const events = lifeEvents(before.life, life, window).map((event) => ({
      ...{ instance_id: reading.instance_id, noticed_after: base.window_start },
      ...{ database_name: '', object_name: '', query_hash: '' },
      ...event,
    }));
    const rows = { instance_metrics: told.map((metric) => ({ ...base, ...metric })), instance_events: events };
    return collected(window, rows, state, read.rows.length, outcome);
  });

async function readCounters(query: Query) {
  const names = counter_names.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ');
  const rows = await query(statement('metrics-counters.sql').replace('{{names}}', () => names));
  return parsed(rows, (row): CounterRow => ({
    object_name: row.text('object_name'),
    counter_name: row.text('counter_name'),
    instance_name: row.text('instance_name'),
    value: row.whole('cntr_value'),
    type: row.number('cntr_type') ?? 0,
  }));
}

/** Shares of all processors in the last minute: of the server's own process, and of everything on its machine. */
async function readCpu(query: Query): Promise<Metric[]> {
  const [row] = await query(statement('metrics-cpu.sql'));
  const record = row?.text('record') ?? '';
  const percent = (element: string): number | undefined => {
    const [, digits] = new RegExp(`<${element}>(\\d{1,3})</${element}>`).exec(record) ?? [];
    return digits === undefined ? undefined : Number(digits);
  };
  const [process_percent, idle_percent] = [percent('ProcessUtilization'), percent('SystemIdle')];
  if (process_percent === undefined || idle_percent === undefined) return [];
  return [
    { metric: 'cpu.server_ratio', value: process_percent / 100, unit: 'ratio' },
    { metric: 'cpu.machine_ratio', value: (100 - idle_percent) / 100, unit: 'ratio' },
  ];
}

const file_metrics = {
  reads: ['io.reads', 'count', 1],
  writes: ['io.writes', 'count', 1],
  read_bytes: ['io.read_bytes', 'bytes', 1],
  written_bytes: ['io.written_bytes', 'bytes', 1],
  read_ms: ['io.read_time_us', 'us', 1_000],
  write_ms: ['io.write_time_us', 'us', 1_000],
} as const satisfies Readonly<Record<string, readonly [metric: string, unit: string, factor: number]>>;

async function readFiles(query: Query): Promise<Record<string, string>> {
  const [row] = await query(statement('metrics-files.sql'));
  const columns = Object.keys(file_metrics);
  return Object.fromEntries(columns.map((column) => [column, (row?.whole(column) ?? 0n).toString()]));
}

const fileMetrics = (now: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): Metric[] =>
  Object.entries(file_metrics).flatMap(([column, [metric, unit, factor]]) => {
    const [is, was] = [now[column], before[column]];
    if (is === undefined || was === undefined) return [];
    return [{ metric, value: Number(grown(BigInt(is), BigInt(was))) * factor, unit }];
  });
