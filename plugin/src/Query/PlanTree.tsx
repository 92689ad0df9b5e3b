import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { PlanIssue, PlanNode } from '@plumbline/contracts';
import { Badge, useStyles2 } from '@grafana/ui';
import { issueName } from './PlanIssues';
import { PlanNodeLine } from './PlanNodeLine';

interface Props {
  readonly root: PlanNode;
  /** What the plan does at a price: its node is marked. */
  readonly issues: readonly PlanIssue[];
}

/** A plan as an indented tree, the root first. */
export function PlanTree({ root, issues }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <ul className={styles.tree} aria-label="Plan">
      <Branch node={root} path={[]} issues={issues} />
    </ul>
  );
}

interface BranchProps {
  readonly node: PlanNode;
  readonly path: readonly number[];
  readonly issues: readonly PlanIssue[];
}

function Branch({ node, path, issues }: BranchProps) {
  const styles = useStyles2(getStyles);
  const children = node.children ?? [];
  const here = issues.filter((issue) => issue.path.join() === path.join());
  return (
    <li>
      <PlanNodeLine node={node} />
      {here.map(({ kind }) => (
        <Badge key={kind} color="orange" icon="exclamation-triangle" text={issueName(kind)} />
      ))}
      {children.length > 0 && (
        <ul className={styles.branch}>
          {children.map((child, at) => (
            <Branch key={at} node={child} path={[...path, at]} issues={issues} />
          ))}
        </ul>
      )}
    </li>
  );
}

export const getStyles = (theme: GrafanaTheme2) => ({
  tree: css({ listStyle: 'none', margin: 0, padding: 0, overflowX: 'auto' }),
  branch: css({
    listStyle: 'none',
    margin: 0,
    paddingLeft: theme.spacing(2.5),
    borderLeft: `1px solid ${theme.colors.border.medium}`,
    marginLeft: theme.spacing(0.75),
  }),
});
