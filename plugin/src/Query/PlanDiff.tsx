import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { PlanChange, PlanDiffNode, PlanNode } from '@plumbline/contracts';
import { useStyles2 } from '@grafana/ui';
import { formatCount } from '../format/formatCount';
import { PlanNodeLine } from './PlanNodeLine';
import { getStyles as treeStyles } from './PlanTree';

const signs: Readonly<Record<PlanChange, string>> = { same: ' ', changed: '~', added: '+', removed: '−' };
const words: Readonly<Record<PlanChange, string>> = {
  same: 'unchanged',
  changed: 'changed',
  added: 'new in the later plan',
  removed: 'gone from the later plan',
};

/** Two plans laid over each other: what stayed, changed, came and went. */
export function PlanDiff({ root }: { readonly root: PlanDiffNode }) {
  const styles = useStyles2(treeStyles);
  return (
    <ul className={styles.tree} aria-label="Plan difference">
      <Branch node={root} />
    </ul>
  );
}

function Branch({ node }: { readonly node: PlanDiffNode }) {
  const tree = useStyles2(treeStyles);
  const styles = useStyles2(getStyles);
  const shown = node.after ?? node.before;
  if (shown === null) return null;
  return (
    <li>
      <div className={cx(styles.row, styles[node.change])} data-change={node.change}>
        <span className={styles.sign} title={words[node.change]} aria-label={words[node.change]}>
          {signs[node.change]}
        </span>
        <div>
          <PlanNodeLine node={shown} />
          {node.change === 'changed' && <span className={styles.was}>{whatChanged(node.before, node.after)}</span>}
        </div>
      </div>
      {node.children.length > 0 && (
        <ul className={tree.branch}>
          {node.children.map((child, at) => (
            <Branch key={at} node={child} />
          ))}
        </ul>
      )}
    </li>
  );
}

type Node = Omit<PlanNode, 'children'>;

/** The figures and names that differ, "before → after". */
export function whatChanged(before: Node | null, after: Node | null): string {
  if (before === null || after === null) return '';
  const number = (value: number | null) => (value === null ? '?' : formatCount(value));
  const pairs: readonly (readonly [string, string, string])[] = [
    ['operator', before.native_operator, after.native_operator],
    ['index', before.index || 'none', after.index || 'none'],
    ['cost', number(before.total_cost), number(after.total_cost)],
    ['rows', number(before.estimated_rows), number(after.estimated_rows)],
  ];
  return pairs
    .filter(([, was, is]) => was !== is)
    .map(([name, was, is]) => `${name} ${was} → ${is}`)
    .join(', ');
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'flex',
    gap: theme.spacing(1),
    padding: theme.spacing(0, 1),
    borderRadius: theme.shape.radius.default,
  }),
  sign: css({
    width: 12,
    fontFamily: theme.typography.fontFamilyMonospace,
    fontWeight: theme.typography.fontWeightBold,
  }),
  was: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  same: css({}),
  changed: css({ background: theme.colors.warning.transparent }),
  added: css({ background: theme.colors.success.transparent }),
  removed: css({ background: theme.colors.error.transparent }),
});
