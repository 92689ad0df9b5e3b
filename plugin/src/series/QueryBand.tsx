import type { FieldConfigSource } from '@grafana/data';
import type { PercentileOrigin } from '@plumbline/contracts';
import { viewSql } from '../data/viewSql';
import { percentileLabel } from '../format/percentileLabel';
import type { Span } from '../page/useSpan';
import { changeMark, changeMarkOverride } from './changeMark';
import { SeriesPanel } from './SeriesPanel';
import { stepOf } from './stepOf';

interface Props {
  readonly instance_id: string;
  readonly query_hash: string;
  readonly span: Pick<Span, 'range' | 'round'>;
  readonly percentile_origin: PercentileOrigin;
  /** A moment to mark, with its name: the onset of a regression, the time a recommendation was applied. */
  readonly mark?: { readonly name: string; readonly at: string } | undefined;
}

const names = { mean: 'mean', low: 'baseline low', high: 'baseline high', median: 'baseline median' } as const;

/** Time per run against the baseline's band, with what happened marked. */
export function QueryBand({ instance_id, query_hash, span, percentile_origin, mark }: Props) {
  const percentile = percentileLabel('p95', percentile_origin);
  const rawSql = viewSql(
    'query_series',
    { instance_id, query_hash, step_s: stepOf(span.range) },
    {
      time: 'point_at',
      [names.high]: 'baseline_high_us',
      [names.low]: 'baseline_low_us',
      [names.median]: 'baseline_median_us',
      [percentile]: 'p95_us',
      [names.mean]: 'mean_time_us',
    },
  );
  return (
    <SeriesPanel
      title="Time per run"
      description="The band is the baseline's median ± 3 sigma of its logarithm."
      rawSql={rawSql}
      span={span}
      height_px={320}
      field_config={bandConfig(percentile, mark?.name)}
      marks={mark === undefined ? [] : [changeMark(mark.name, mark.at)]}
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

function bandConfig(percentile: string, mark: string | undefined): FieldConfigSource {
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
      named(percentile, color('purple'), line(1)),
      ...(mark === undefined ? [] : [changeMarkOverride(mark)]),
    ],
  };
}
