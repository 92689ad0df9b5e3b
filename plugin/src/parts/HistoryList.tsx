import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { When } from './When';

interface Entry {
  readonly kind: string;
  readonly occurred_at: string;
  readonly actor: string;
  readonly note: string;
}

/** Events as they happened, newest first. */
export function HistoryList({ entries }: { readonly entries: readonly Entry[] }) {
  const styles = useStyles2(getStyles);
  const newest_first = [...entries].sort((a, b) => b.occurred_at.localeCompare(a.occurred_at));
  return (
    <ol className={styles.list}>
      {newest_first.map(({ kind, occurred_at, actor, note }, at) => (
        <li key={`${occurred_at} ${kind} ${at}`} className={styles.entry}>
          <strong>{kind.replace(/_/g, ' ')}</strong> <When at={occurred_at} />{' '}
          <span className={styles.actor}>{actor}</span>
          {note !== '' && <div className={styles.note}>{note}</div>}
        </li>
      ))}
    </ol>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', margin: 0, padding: 0 }),
  entry: css({ padding: theme.spacing(0.5, 0, 0.5, 1.5), borderLeft: `2px solid ${theme.colors.border.medium}` }),
  actor: css({ color: theme.colors.text.secondary }),
  note: css({ whiteSpace: 'pre-wrap', color: theme.colors.text.secondary }),
});
