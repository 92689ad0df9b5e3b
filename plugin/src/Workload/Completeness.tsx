import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { ViewRow } from '@plumbline/contracts';
import { fromUtc } from '@plumbline/contracts/time';
import { useStyles2 } from '@grafana/ui';
import { formatSeconds } from '../format/formatDuration';
import { formatShare } from '../format/formatRatio';
import { Nothing } from '../page/Nothing';
import type { Span } from '../page/useSpan';
import { Figures } from '../parts/Figures';
import { GapList, gap_names } from './GapList';
import { mergeGaps, type Gap } from './mergeGaps';

type Point = ViewRow<'workload_completeness'>;

interface Props {
  readonly points: readonly Point[];
  readonly gaps: readonly Gap[];
  readonly step_s: number;
  readonly span: Pick<Span, 'range'>;
}

/** What the share is a share of, by the metric that the server counts it with. */
const wholes: Readonly<Record<string, string>> = {
  'database.active_time_us': 'the active time of its sessions',
  'statements.time_us': 'its own sum over all statements',
  'time.database_us': 'its DB time',
};

/** How much of the server's own time the collected statements explain, over time, with what is missing and why. */
export function Completeness({ points, gaps, step_s, span }: Props) {
  const merged = mergeGaps(gaps);
  if (points.length === 0 && merged.length === 0)
    return <Nothing title="Nothing was collected in this time">See on the Instances page what cannot be read.</Nothing>;
  const known = points.filter(({ explained_share }) => explained_share !== null);
  const engine_s = known.reduce((sum, { engine_time_s }) => sum + (engine_time_s ?? 0), 0);
  const collected_s = known.reduce((sum, { collected_time_s }) => sum + collected_time_s, 0);
  const whole = wholes[known[0]?.engine_time_metric ?? ''] ?? 'the time it counts';
  return (
    <>
      <Figures
        figures={[
          {
            label: 'Explained',
            value: engine_s > 0 ? formatShare(collected_s / engine_s) : 'unknown',
            hint:
              engine_s > 0
                ? `${formatSeconds(collected_s)} of collected statements, of ${formatSeconds(engine_s)}: ${whole}`
                : 'This server counts no time of all its statements, or it was not read',
          },
          {
            label: 'Gaps',
            value: merged.length,
            hint: merged.length === 0 ? 'no reset, no eviction, no reading missed' : 'marked below the band',
            tone: merged.length === 0 ? 'good' : 'plain',
          },
        ]}
      />
      <Band points={points} gaps={merged} step_s={step_s} span={span} />
      <GapList gaps={merged} />
    </>
  );
}

function Band({ points, gaps, step_s, span }: Props) {
  const styles = useStyles2(getStyles);
  const from_ms = span.range.from.valueOf();
  const place = (begin_ms: number, end_ms: number) => {
    const whole_ms = span.range.to.valueOf() - from_ms;
    const clip = (at_ms: number) => Math.min(1, Math.max(0, (at_ms - from_ms) / whole_ms)) * 100;
    return { left: `${clip(begin_ms)}%`, width: `${clip(end_ms) - clip(begin_ms)}%` };
  };
  return (
    <div
      className={styles.band}
      role="img"
      aria-label="Explained share over time, with gaps"
      data-testid="completeness-band"
    >
      <div className={styles.lane}>
        {points.map(({ point_at, explained_share }) => {
          const begin_ms = fromUtc(point_at).getTime();
          const title = `${point_at.slice(0, 16)} UTC: ${explained_share === null ? 'unknown' : formatShare(explained_share)}`;
          return (
            <span
              key={point_at}
              className={styles.slot}
              style={place(begin_ms, begin_ms + step_s * 1000)}
              title={title}
            >
              {explained_share === null ? (
                <span className={styles.unknown} />
              ) : (
                <span className={styles.explained} style={{ height: `${Math.min(1, explained_share) * 100}%` }} />
              )}
            </span>
          );
        })}
      </div>
      <div className={styles.gaps}>
        {gaps.map((gap) => (
          <span
            key={`${gap.gap_kind} ${gap.object_name} ${gap.began_at}`}
            className={styles.gap}
            style={place(fromUtc(gap.began_at).getTime(), fromUtc(gap.ended_at).getTime())}
            title={`${gap_names[gap.gap_kind] ?? gap.gap_kind} ${gap.object_name}, ${gap.began_at.slice(0, 19)} to ${gap.ended_at.slice(0, 19)} UTC`}
            data-testid="gap"
          />
        ))}
      </div>
      <p className={styles.legend}>Blue: the explained share, from 0 to 100 %. Hatched: unknown. Orange below: gaps.</p>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const hatched = `repeating-linear-gradient(45deg, ${theme.colors.border.medium} 0 2px, transparent 2px 6px)`;
  return {
    band: css({ marginBottom: theme.spacing(2) }),
    lane: css({ position: 'relative', height: 56, background: theme.colors.background.secondary, overflow: 'hidden' }),
    slot: css({ position: 'absolute', top: 0, bottom: 0, display: 'flex', alignItems: 'flex-end' }),
    explained: css({ width: '100%', background: theme.visualization.getColorByName('blue') }),
    unknown: css({ width: '100%', height: '100%', background: hatched }),
    gaps: css({ position: 'relative', height: 10, marginTop: 2 }),
    gap: css({
      position: 'absolute',
      top: 0,
      bottom: 0,
      minWidth: 3,
      background: theme.visualization.getColorByName('orange'),
      borderRadius: 1,
    }),
    legend: css({ margin: 0, color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  };
};
