import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, useStyles2, type BadgeColor } from '@grafana/ui';
import { formatDuration } from '../format/formatDuration';
import { CodeBlock } from '../parts/CodeBlock';
import { When } from '../parts/When';

export interface AspectLine {
  readonly aspect: string;
  readonly state: string;
  readonly message: string;
  readonly fix: string;
  readonly observed_at?: string;
  readonly elapsed_ms?: number;
  readonly budget_ms?: number;
}

const colors: Readonly<Record<string, BadgeColor>> = {
  ok: 'green',
  degraded: 'orange',
  denied: 'red',
  failed: 'red',
  backing_off: 'orange',
  disabled: 'darkgrey',
  unsupported: 'darkgrey',
};
const order = ['denied', 'failed', 'degraded', 'backing_off', 'unsupported', 'disabled', 'ok'];
const rank = (state: string): number => (order.includes(state) ? order.indexOf(state) : -1);

/** What needs a hand first, each with the statement or setting that mends it, ready to copy. */
export function AspectTable({ lines }: { readonly lines: readonly AspectLine[] }) {
  const styles = useStyles2(getStyles);
  const sorted = [...lines].sort((a, b) => rank(a.state) - rank(b.state) || a.aspect.localeCompare(b.aspect));
  return (
    <table className={styles.table}>
      <tbody>
        {sorted.map(({ aspect, state, message, fix, observed_at, elapsed_ms, budget_ms }) => (
          <tr key={aspect}>
            <td className={styles.aspect}>{aspect}</td>
            <td className={styles.state}>
              <Badge color={colors[state] ?? 'orange'} text={state.replace(/_/g, ' ')} />
            </td>
            <td>
              {message}
              {fix !== '' && <CodeBlock text={fix} label={`fix for ${aspect}`} />}
            </td>
            <td className={styles.cost}>
              {elapsed_ms !== undefined &&
                `${formatDuration(elapsed_ms * 1000)} of ${formatDuration((budget_ms ?? 0) * 1000)}`}
            </td>
            <td className={styles.cost}>{observed_at !== undefined && <When at={observed_at} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    marginBottom: theme.spacing(1),
    td: { padding: theme.spacing(0.5, 1), verticalAlign: 'top', borderTop: `1px solid ${theme.colors.border.weak}` },
  }),
  aspect: css({ width: 120, fontWeight: theme.typography.fontWeightMedium }),
  state: css({ width: 120 }),
  cost: css({ width: 150, color: theme.colors.text.secondary, textAlign: 'right', whiteSpace: 'nowrap' }),
});
