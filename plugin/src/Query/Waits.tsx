import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { ViewRow } from '@plumbline/contracts';
import { useStyles2 } from '@grafana/ui';
import { formatSeconds } from '../format/formatDuration';
import { formatShare } from '../format/formatRatio';
import { Nothing } from '../page/Nothing';

/** Where the query's sampled time went, largest first. */
export function Waits({ rows }: { readonly rows: readonly ViewRow<'query_waits'>[] }) {
  const styles = useStyles2(getStyles);
  if (rows.length === 0)
    return (
      <Nothing title="It was never caught running">
        Sessions are sampled; a short query may slip between two samples.
      </Nothing>
    );
  return (
    <div>
      {rows.map(({ wait_class, wait_event, sampled_time_s, share }) => (
        <div key={`${wait_class} ${wait_event}`} className={styles.row}>
          <span>
            {wait_class} <span className={styles.event}>{wait_event}</span>
          </span>
          <span className={styles.track}>
            <span className={styles.bar} style={{ width: `${Math.max(0.5, Math.min(100, share * 100))}%` }} />
          </span>
          <span className={styles.figure}>
            {formatShare(share)} · {formatSeconds(sampled_time_s)}
          </span>
        </div>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 200px) 1fr max-content',
    gap: theme.spacing(1.5),
    alignItems: 'center',
    padding: theme.spacing(0.5, 0),
  }),
  event: css({ color: theme.colors.text.secondary }),
  track: css({ height: 8, background: theme.colors.background.secondary, borderRadius: theme.shape.radius.pill }),
  bar: css({
    display: 'block',
    height: '100%',
    background: theme.visualization.getColorByName('blue'),
    borderRadius: theme.shape.radius.pill,
  }),
  figure: css({ minWidth: 130, whiteSpace: 'nowrap', textAlign: 'right', color: theme.colors.text.secondary }),
});
