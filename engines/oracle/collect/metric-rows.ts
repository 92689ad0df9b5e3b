import { utc, type InstanceEventRow, type InstanceMetricRow } from '@plumbline/contracts';
import { place, key, whole, decimal, text, type Cell } from '../fields.js';
import type { Metric, StatisticKind } from './metric-formulas.js';
import type { ReadingWindow } from '../../shared/reading.js';
import type { Reading } from './reading.js';

const kinds: ReadonlySet<string> = new Set(['time_model', 'system', 'host'] satisfies StatisticKind[]);
const kind: Cell<StatisticKind> = (value) => (kinds.has(text(value)) ? (text(value) as StatisticKind) : 'system');
export const statistic_shape = { kind, name: key, value: whole, gauge: decimal };
export const instance_statistic_shape = { ...statistic_shape, instance_number: place };

/** In a cluster each node is told for itself, `node2.…`: their snapshots are taken at different moments. */
export function metricRows(
  metrics: readonly Metric[],
  instance_number: number,
  span: ReadingWindow,
  { instance_id, source: { facts } }: Reading,
): Omit<InstanceMetricRow, 'batch_id'>[] {
  const prefix = facts.is_cluster ? `node${instance_number}.` : '';
  const base = { instance_id, window_start: utc(span.start), window_end: utc(span.end) };
  return metrics.map((metric) => ({ ...base, ...metric, metric: `${prefix}${metric.metric}` }));
}

export const restartEvent = (
  instance_number: number,
  started_at: Date,
  noticed: ReadingWindow,
  startups: { readonly before: string; readonly after: string },
  { instance_id, source: { facts } }: Reading,
): Omit<InstanceEventRow, 'batch_id'> => ({
  ...{ instance_id, kind: 'restart', database_name: '', object_name: '', query_hash: '', ...startups },
  subject: facts.is_cluster ? `node${instance_number}` : '',
  occurred_at: utc(started_at < noticed.start ? noticed.start : started_at > noticed.end ? noticed.end : started_at),
  noticed_after: utc(noticed.start),
});
