import { FieldType, type DataFrame, type Field } from '@grafana/data';
import type { PercentileOrigin } from '@plumbline/contracts';
import { percentileLabel } from '../format/percentileLabel';
import type { FrameChange } from './SeriesPanel';

/** The column of a percentile's answer that says where it comes from, row by row. */
export const origin_column = 'origin';

/**
 * Turns a percentile and its origin column into one series per origin, each named with it: a series never mixes
 * percentiles of runs with percentiles of means, and no name is made up for what the rows say themselves.
 */
export const nameByOrigin =
  (percentile: 'p50' | 'p95' | 'p99'): FrameChange =>
  (frames) =>
    frames.map((frame) => {
      const values = frame.fields.find(({ name }) => name === percentile);
      const origins = frame.fields.find(({ name }) => name === origin_column);
      if (values === undefined || origins === undefined) return frame;
      const rest = frame.fields.filter((field) => field !== values && field !== origins);
      return { ...frame, fields: [...rest, ...splitByOrigin(percentile, values, origins)] } satisfies DataFrame;
    });

function splitByOrigin(percentile: 'p50' | 'p95' | 'p99', values: Field, origins: Field): readonly Field[] {
  const told = [...new Set(origins.values as readonly PercentileOrigin[])];
  return told.map((origin) => ({
    ...values,
    name: percentileLabel(percentile, origin),
    type: FieldType.number,
    values: values.values.map((value: unknown, row) => (origins.values[row] === origin ? value : null)),
    state: null,
  }));
}
