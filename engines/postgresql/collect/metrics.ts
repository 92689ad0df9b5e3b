import { utc, type InstanceMetricRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { statement, type Query } from '../source.js';
import type { CollectAspect } from './reading.js';
import { lifeEvents, type ServerLife } from './server-life.js';

interface Metric {
  readonly metric: string;
  /** Decimal text; null where the server counts nothing. */
  readonly value: string | null;
  readonly unit: string;
  readonly is_counter: boolean;
}

interface MetricsState {
  readonly shape: 'postgresql.metrics.1';
  readonly at: string;
  readonly life: ServerLife;
  readonly counters: Readonly<Record<string, string>>;
}

const shape = 'postgresql.metrics.1';

const filesOf = (major: number): string[] => [
  'metrics-database.sql',
  ...(major >= 14 ? ['metrics-sessions@14.sql', 'metrics-wal@14.sql'] : []),
  major >= 17 ? 'metrics-checkpoints@17.sql' : 'metrics-checkpoints.sql',
  ...(major >= 16 ? ['metrics-io@16.sql'] : []),
  'metrics-gauges.sql',
];

/** Counters of the whole server as what happened in the window, gauges as they are, and what became of the server. */
export const metrics: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const { major } = reading.source.facts;
    const before = stateOf<MetricsState>(previous, shape);
    const [life, read] = [await readLife(query, major), await readMetrics(query, major)];
    const window = windowOf(reading, before?.at);
    const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
    const counted = Object.fromEntries(
      read.flatMap(({ metric, value, is_counter }) => (is_counter && value !== null ? [[metric, value]] : [])),
    );
    const state: MetricsState = { shape, at: window.end.toISOString(), life, counters: counted };
    const values = read.flatMap((metric) => valueOf(metric, before?.counters));
    if (before === undefined) return collected(window, {}, state, read.length);
    const events = lifeEvents(before.life, life, window.end).map((event) => ({
      ...{ instance_id: reading.instance_id, noticed_after: base.window_start },
      ...{ database_name: '', object_name: '', query_hash: '' },
      ...event,
    }));
    const rows = { instance_metrics: values.map((value) => ({ ...base, ...value })), instance_events: events };
    return collected(window, rows, state, read.length);
  });

/** A counter that went down was reset: what it says now happened since. */
export function counterDelta(now: string, before: string | undefined): bigint {
  if (before === undefined) return 0n;
  const difference = BigInt(now) - BigInt(before);
  return difference < 0n ? BigInt(now) : difference;
}

function valueOf(
  { metric, value, unit, is_counter }: Metric,
  before: Readonly<Record<string, string>> | undefined,
): Pick<InstanceMetricRow, 'metric' | 'value' | 'unit'>[] {
  if (value === null) return [];
  if (!is_counter) return [{ metric, value: Number(value), unit }];
  if (before?.[metric] === undefined) return [];
  return [{ metric, value: Number(counterDelta(value, before[metric])), unit }];
}

async function readMetrics(query: Query, major: number): Promise<Metric[]> {
  const answers: Metric[] = [];
  for (const file of filesOf(major)) answers.push(...(await query<Metric>(statement(file))));
  return answers;
}

async function readLife(query: Query, major: number): Promise<ServerLife> {
  const [row] = await query<Omit<ServerLife, 'version'>>(
    statement(major >= 14 ? 'server-life@14.sql' : 'server-life.sql'),
  );
  const [version] = await query<{ version: string }>("SELECT current_setting('server_version') AS version");
  if (row === undefined || version === undefined) throw new Error('the server does not tell its start');
  return { ...row, version: version.version.split(' ')[0] ?? '' };
}
