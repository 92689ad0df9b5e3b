import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { PlanNode } from '@plumbline/contracts';
import { useStyles2 } from '@grafana/ui';
import { PlanNodeLine } from './PlanNodeLine';

/** A plan as an indented tree, the root first. */
export function PlanTree({ root }: { readonly root: PlanNode }) {
  const styles = useStyles2(getStyles);
  return (
    <ul className={styles.tree} aria-label="Plan">
      <Branch node={root} />
    </ul>
  );
}

function Branch({ node }: { readonly node: PlanNode }) {
  const styles = useStyles2(getStyles);
  const children = node.children ?? [];
  return (
    <li>
      <PlanNodeLine node={node} />
      {children.length > 0 && (
        <ul className={styles.branch}>
          {children.map((child, at) => (
            <Branch key={at} node={child} />
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
