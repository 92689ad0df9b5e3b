import { useMemo } from 'react';
import type { FieldConfigSource } from '@grafana/data';
import { viewSql } from '../data/viewSql';
import type { Span } from '../page/useSpan';
import { addChangeMark, changeMarkOverride } from './changeMark';
import { nameByOrigin, origin_column } from './nameByOrigin';
import { SeriesPanel } from './SeriesPanel';
import { stepOf } from './stepOf';

interface Props {
  readonly instance_id: string;
  readonly query_hash: string;
  readonly span: Pick<Span, 'range' | 'round'>;
  /** A moment to mark, with its name: the onset of a regression, the time a recommendation was applied. */
  readonly mark?: { readonly name: string; readonly at: string } | undefined;
}

const names = { mean: 'mean', low: 'baseline low', high: 'baseline high', median: 'baseline median' } as const;

/** Time per run against the baseline's band, with what happened marked. */
export function QueryBand({ instance_id, query_hash, span, mark }: Props) {
  const mark_name = mark?.name ?? '';
  const mark_at = mark?.at ?? '';
  const rawSql = viewSql(
    'query_series',
    { instance_id, query_hash, step_s: stepOf(span.range) },
    {
      time: 'point_at',
      [names.high]: 'baseline_high_us',
      [names.low]: 'baseline_low_us',
      [names.median]: 'baseline_median_us',
      p95: 'p95_us',
      [origin_column]: 'percentile_origin',
      [names.mean]: 'mean_time_us',
    },
  );
  const changes = useMemo(
    () => [nameByOrigin('p95'), ...(mark_at === '' ? [] : [addChangeMark(mark_name, mark_at)])],
    [mark_name, mark_at],
  );
  const field_config = useMemo(() => bandConfig(mark_name), [mark_name]);
  return (
    <SeriesPanel
      title="Time per run"
      description="The band is the baseline's median ± 3 sigma of its logarithm."
      rawSql={rawSql}
      is_table
      span={span}
      height_px={320}
      field_config={field_config}
      changes={changes}
    />
  );
}

const named = (name: string, ...properties: { id: string; value: unknown }[]) => ({
  matcher: { id: 'byName', options: name },
  properties,
});
const color = (fixedColor: string) => ({ id: 'color', value: { mode: 'fixed', fixedColor } });
const line = (width: number) => ({ id: 'custom.lineWidth', value: width });
const no_points = { id: 'custom.showPoints', value: 'never' };

function bandConfig(mark_name: string): FieldConfigSource {
  return {
    defaults: {
      unit: 'µs',
      // Log: a regression of ×100 would press the baseline's band flat. Points: a single reading draws no line.
      custom: {
        scaleDistribution: { type: 'log', log: 10 },
        showPoints: 'auto',
        pointSize: 5,
        spanNulls: 600_000,
        lineWidth: 2,
      },
    },
    overrides: [
      named(
        names.high,
        color('blue'),
        line(0),
        no_points,
        { id: 'custom.fillBelowTo', value: names.low },
        { id: 'custom.fillOpacity', value: 18 },
      ),
      named(names.low, color('blue'), line(0), no_points),
      named(names.median, color('blue'), line(1), no_points, {
        id: 'custom.lineStyle',
        value: { fill: 'dash', dash: [6, 6] },
      }),
      named(names.mean, color('orange'), line(2)),
      { matcher: { id: 'byRegexp', options: '/^p95 /' }, properties: [color('purple'), line(1)] },
      ...(mark_name === '' ? [] : [changeMarkOverride(mark_name)]),
    ],
  };
}
