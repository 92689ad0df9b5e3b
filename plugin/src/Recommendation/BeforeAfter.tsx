import { useMemo } from 'react';
import { dateTime, makeTimeRange } from '@grafana/data';
import type { Measurement, Recommendation, ViewRow } from '@plumbline/contracts';
import { fromUtc } from '@plumbline/contracts/time';
import { formatDuration, formatSeconds } from '../format/formatDuration';
import { formatRatio } from '../format/formatRatio';
import { Nothing } from '../page/Nothing';
import { Section } from '../page/Section';
import { VerdictBadge } from '../parts/badges';
import { Figures, type Figure } from '../parts/Figures';
import { QueryBand } from '../series/QueryBand';

interface Props {
  readonly row: ViewRow<'recommendations_latest'>;
  readonly advice: Recommendation;
  readonly measurement: Measurement | undefined;
}

const least_side_ms = 10 * 60_000;

/** Did it work: the verdict with its interval, and the query around the moment it was applied. */
export function BeforeAfter({ row, advice, measurement }: Props) {
  const applied_at = measurement?.applied_at ?? row.applied_at;
  const until = measurement?.measured_until ?? row.updated_at;
  const range = useMemo(() => rangeAround(applied_at, until), [applied_at, until]);
  const [query_hash] = advice.query_hashes;
  return (
    <Section title="Before and after" actions={measurement && <VerdictBadge verdict={measurement.verdict} />}>
      {measurement === undefined ? (
        <Nothing icon="clock-nine" title="Not measured yet">
          The measurement starts with the first readings after it was applied.
        </Nothing>
      ) : (
        <Figures figures={figuresOf(measurement)} />
      )}
      {query_hash && range && applied_at && (
        <QueryBand
          instance_id={row.instance_id}
          query_hash={query_hash}
          span={{ range, round: 0 }}
          mark={{ name: 'applied', at: applied_at }}
        />
      )}
    </Section>
  );
}

/** As much before as was measured after, so that both sides are seen alike. */
function rangeAround(applied_at: string | null, until: string) {
  if (applied_at === null || applied_at === '') return undefined;
  const applied_ms = fromUtc(applied_at).getTime();
  const side_ms = Math.max(least_side_ms, fromUtc(until).getTime() - applied_ms);
  return makeTimeRange(dateTime(applied_ms - side_ms), dateTime(applied_ms + side_ms));
}

function figuresOf(measurement: Measurement): readonly Figure[] {
  const { time_ratio, saved_seconds_per_day: saved, verdict } = measurement;
  const tone = verdict === 'improved' ? 'good' : verdict === 'worse' ? 'bad' : 'plain';
  return [
    {
      label: 'Time per run, after / before',
      value: formatRatio(time_ratio.value),
      tone,
      hint: `80 % interval ${formatRatio(time_ratio.low)} to ${formatRatio(time_ratio.high)}`,
    },
    {
      label: 'Saved',
      value: `${formatSeconds(saved.value)}/day`,
      tone,
      hint: `${formatSeconds(saved.low)} to ${formatSeconds(saved.high)}`,
    },
    {
      label: 'Mean per run',
      value: `${formatDuration(measurement.before_mean_us)} → ${formatDuration(measurement.after_mean_us)}`,
      hint: `${measurement.before_points} readings before, ${measurement.after_points} after${comparedAt(measurement)}`,
    },
    {
      label: 'Control queries',
      value: measurement.control_queries,
      hint: `changed by ${formatRatio(measurement.control_ratio)} meanwhile; smallest visible change ${formatRatio(measurement.smallest_visible_ratio)}`,
    },
  ];
}

function comparedAt({ matched_by }: Measurement): string {
  switch (matched_by) {
    case 'hour_of_week':
      return ', compared at the same hours of the week';
    case 'hour_of_day':
      return ', compared at the same hours of the day: before was too short for a week';
    case 'none':
      return ', all compared as they came: before and after share too few hours, so a daily cycle may show';
    case undefined:
      return '';
  }
}
