import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { foldHistory, type HistoryEntry, type HistoryLine } from './foldHistory';
import { When } from './When';

/** Events as they happened, newest first; what the program only repeated is one line with its count and span. */
export function HistoryList({ entries }: { readonly entries: readonly HistoryEntry[] }) {
  const styles = useStyles2(getStyles);
  return (
    <ol className={styles.list}>
      {foldHistory(entries).map((line) => (
        <li key={`${line.first_at} ${line.kind} ${line.actor}`} className={styles.entry}>
          <strong>{line.kind.replace(/_/g, ' ')}</strong> <Times line={line} />{' '}
          <span className={styles.actor}>{line.actor}</span>
          {line.note !== '' && <div className={styles.note}>{line.note}</div>}
        </li>
      ))}
    </ol>
  );
}

function Times({ line: { count, first_at, last_at } }: { readonly line: HistoryLine }) {
  if (count === 1) return <When at={last_at} />;
  return (
    <>
      {count} times, first <When at={first_at} />, last <When at={last_at} />
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', margin: 0, padding: 0 }),
  entry: css({ padding: theme.spacing(0.5, 0, 0.5, 1.5), borderLeft: `2px solid ${theme.colors.border.medium}` }),
  actor: css({ color: theme.colors.text.secondary }),
  note: css({ whiteSpace: 'pre-wrap', color: theme.colors.text.secondary }),
});
