import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { ViewRow } from '@plumbline/contracts';
import { useStyles2 } from '@grafana/ui';
import { formatCount } from '../format/formatCount';
import { When } from '../parts/When';

/** Rows that the collector's checks kept out in the last day: why, how many, when last. Nothing where there are none. */
export function QuarantineTable({ rows }: { readonly rows: readonly ViewRow<'quarantine_summary'>[] }) {
  const styles = useStyles2(getStyles);
  if (rows.length === 0) return null;
  return (
    <div data-testid="quarantined">
      <strong>Rows kept out in the last 24 hours</strong>
      <table className={styles.table}>
        <thead>
          <tr>
            {['Aspect', 'Table', 'Why', 'Rows', 'Last'].map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ aspect, table_name, check_name, reason, quarantined_rows, last_seen_at }) => (
            <tr key={`${aspect} ${table_name} ${check_name} ${reason}`}>
              <td>{aspect}</td>
              <td>{table_name}</td>
              <td>
                {check_name.replace(/_/g, ' ')}: {reason}
              </td>
              <td>{formatCount(quarantined_rows)}</td>
              <td>
                <When at={last_seen_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    th: { textAlign: 'left', padding: theme.spacing(0.5, 1), color: theme.colors.text.secondary },
    td: { padding: theme.spacing(0.5, 1), verticalAlign: 'top', borderTop: `1px solid ${theme.colors.border.weak}` },
  }),
});
