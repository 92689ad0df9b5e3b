import { css, cx } from '@emotion/css';
import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import type { ViewRow } from '@plumbline/contracts';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { formatCount } from '../format/formatCount';
import { significant } from '../format/formatDuration';
import { Nothing } from '../page/Nothing';
import { day_names, hourName, hours_per_day, nameHours } from './hourNames';

type Row = ViewRow<'workload_profile'>;

/** Load by hour of the week: the darker the busier, peak hours framed, hours that nobody watched hatched. */
export function HourMap({ rows, least_hours }: { readonly rows: readonly Row[]; readonly least_hours: number }) {
  const styles = useStyles2(getStyles);
  if (rows.length === 0) return <Nothing title="No hour was watched yet">It fills with the first statements.</Nothing>;
  const slots = new Map(rows.map((row) => [row.hour_of_week, row]));
  const busiest = Math.max(...rows.map(({ load }) => load));
  const peaks = nameHours(rows.filter(({ is_peak }) => is_peak === 1).map(({ hour_of_week }) => hour_of_week));
  return (
    <>
      <p data-testid="peak-hours">
        {peaksText(peaks, rows.length < least_hours)}{' '}
        <span className={styles.hint}>{rows.length} of 168 hours of the week were watched.</span>
      </p>
      <div className={styles.grid} role="img" aria-label="Load by hour of the week, UTC">
        <span />
        {Array.from({ length: hours_per_day }, (_, hour) => (
          <span key={hour} className={styles.hint}>
            {hour % 3 === 0 ? String(hour).padStart(2, '0') : ''}
          </span>
        ))}
        {day_names.map((name, day) => [
          <span key={name} className={styles.hint}>
            {name}
          </span>,
          ...Array.from({ length: hours_per_day }, (_, hour) => {
            const slot = day * hours_per_day + hour;
            return <HourCell key={slot} slot={slot} row={slots.get(slot)} busiest={busiest} />;
          }),
        ])}
      </div>
    </>
  );
}

const peaksText = (peaks: string, is_too_early: boolean): string => {
  if (is_too_early) return 'Too few hours are known to name a peak.';
  return peaks === '' ? 'No hour stands out of the others.' : `Peak hours: ${peaks} (UTC).`;
};

const faintest = 0.08;

function HourCell({ slot, row, busiest }: { slot: number; row: Row | undefined; busiest: number }) {
  const styles = useStyles2(getStyles);
  const color = useTheme2().visualization.getColorByName('blue');
  if (row === undefined)
    return <span className={cx(styles.cell, styles.unwatched)} title={`${hourName(slot)}: not watched`} />;
  const strength = faintest + (1 - faintest) * (busiest > 0 ? row.load / busiest : 0);
  const weeks = row.watched_hours === 1 ? 'one hour' : `${row.watched_hours} hours`;
  return (
    <span
      className={cx(styles.cell, row.is_peak === 1 && styles.peak)}
      style={{ background: colorManipulator.alpha(color, strength) }}
      title={`${hourName(slot)}: load ${significant(row.load)}, ${formatCount(row.calls_per_s)} calls/s, of ${weeks}`}
    />
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  grid: css({
    display: 'grid',
    gridTemplateColumns: '40px repeat(24, minmax(8px, 1fr))',
    gap: 2,
    maxWidth: 900,
    alignItems: 'center',
  }),
  hint: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  cell: css({ height: 20, borderRadius: 2 }),
  peak: css({ outline: `2px solid ${theme.visualization.getColorByName('orange')}`, outlineOffset: -2 }),
  unwatched: css({
    background: `repeating-linear-gradient(45deg, ${theme.colors.border.weak} 0 2px, transparent 2px 6px)`,
  }),
});
