import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { PlanNode } from '@plumbline/contracts';
import { useStyles2 } from '@grafana/ui';
import { formatCount } from '../format/formatCount';

type Node = Omit<PlanNode, 'children'>;

/** One operator: what it does, on what, by which conditions, and what the planner expected. */
export function PlanNodeLine({ node }: { readonly node: Node }) {
  const styles = useStyles2(getStyles);
  const table = [node.schema, node.table].filter((part) => part !== '').join('.');
  return (
    <div className={styles.line}>
      <div>
        <strong className={node.operator === 'seq_scan' ? styles.scan : undefined}>
          {node.native_operator || node.operator}
        </strong>
        {table !== '' && <> on {table}</>}
        {node.index !== '' && <> using {node.index}</>}
        <span className={styles.expected}>{expected(node)}</span>
      </div>
      {node.access_condition !== '' && <code className={styles.condition}>by {node.access_condition}</code>}
      {node.filter_condition !== '' && <code className={styles.condition}>then filter {node.filter_condition}</code>}
    </div>
  );
}

function expected({ estimated_rows, total_cost }: Node): string {
  const rows = estimated_rows === null ? '' : `${formatCount(estimated_rows)} rows`;
  const cost = total_cost === null ? '' : `cost ${formatCount(total_cost)}`;
  return [rows, cost].filter((part) => part !== '').join(', ');
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({ padding: theme.spacing(0.25, 0) }),
  scan: css({ color: theme.colors.warning.text }),
  expected: css({
    marginLeft: theme.spacing(1.5),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  condition: css({
    display: 'block',
    background: 'none',
    border: 0,
    padding: 0,
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
