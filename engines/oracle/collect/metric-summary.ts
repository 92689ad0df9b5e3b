import { decimal, key, type RowOf } from '../fields.js';
import type { Metric } from './metric-formulas.js';

export const summary_shape = { metric_name: key, average: decimal, maxval: decimal };
type Summary = RowOf<typeof summary_shape>;

/** Units of the server's own: centiseconds per call, a count, percent, milliseconds. */
const rules: Readonly<Record<string, { readonly metric: string; readonly unit: string; readonly factor: number }>> = {
  'SQL Service Response Time': { metric: 'calls.response_time_us', unit: 'us', factor: 10_000 },
  'Session Count': { metric: 'sessions.connected', unit: 'count', factor: 1 },
  'Buffer Cache Hit Ratio': { metric: 'buffers.hit_ratio', unit: 'ratio', factor: 0.01 },
  'Average Synchronous Single-Block Read Latency': { metric: 'io.single_block_read_us', unit: 'us', factor: 1_000 },
};

/** The mean over the snapshot's minutes, and the worst minute as `….max`. */
export const summaryMetrics = (rows: readonly Summary[]): Metric[] =>
  rows.flatMap(({ metric_name, average, maxval }) => {
    const rule = rules[metric_name];
    if (rule === undefined) return [];
    const { metric, unit, factor } = rule;
    return [
      ...(average === null ? [] : [{ metric, unit, value: average * factor }]),
      ...(maxval === null ? [] : [{ metric: `${metric}.max`, unit, value: maxval * factor }]),
    ];
  });
