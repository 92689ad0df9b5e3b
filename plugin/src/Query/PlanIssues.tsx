import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { PlanIssue } from '@plumbline/contracts';
import { Badge, useStyles2 } from '@grafana/ui';
import { formatCount } from '../format/formatCount';

const names: Readonly<Record<PlanIssue['kind'], string>> = {
  full_scan: 'full scan',
  nested_loop: 'costly nested loop',
  misestimate: 'wrong row estimate',
  spill: 'spill to disk',
  missing_pruning: 'partitions not left out',
  implicit_conversion: 'column converted',
};
/** A newer server may tell kinds that this page has no words for. */
export const issueName = (kind: PlanIssue['kind']): string => names[kind] ?? String(kind).replace(/_/g, ' ');

/** What a plan does at a price: where, why, and the figures it was judged by. */
export function PlanIssues({ issues }: { readonly issues: readonly PlanIssue[] }) {
  const styles = useStyles2(getStyles);
  if (issues.length === 0)
    return <p className={styles.none}>No step of this plan is known to cost more than it must.</p>;
  return (
    <ul className={styles.list} aria-label="Findings in this plan">
      {issues.map((issue) => (
        <li key={`${issue.kind} ${issue.path.join('.')}`}>
          <Badge color="orange" icon="exclamation-triangle" text={issueName(issue.kind)} /> {issue.sentence}
          <div className={styles.where}>
            {[whereText(issue), ...Object.entries(issue.figures).map(figureText)].join(' · ')}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Steps are counted from 1, as a person does: "step 1.2" is the second child of the root's first. */
function whereText({ path, native_operator, schema, table }: PlanIssue): string {
  const on = [schema, table].filter((part) => part !== '').join('.');
  const at = path.length === 0 ? 'at the root' : `at step ${path.map((child) => child + 1).join('.')}`;
  return `${native_operator}${on && ` on ${on}`}, ${at}`;
}

const figureText = ([name, value]: readonly [string, number]): string =>
  `${name.replace(/_/g, ' ')} ${formatCount(value)}`;

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', margin: theme.spacing(0, 0, 2), li: { padding: theme.spacing(0.5, 0) } }),
  where: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  none: css({ color: theme.colors.text.secondary }),
});
