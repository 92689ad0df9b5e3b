import type { PlanNode, PlanOperator, PlanWarning } from '@plumbline/contracts';
import { decimal, place, text, type Cell, type RowOf } from './fields.js';

const optionalPlace: Cell<number | null> = (value) => (value === null || value === undefined ? null : place(value));

/** A line of V$SQL_PLAN or DBA_HIST_SQL_PLAN. */
export const plan_line_shape = {
  ...{ id: place, parent_id: optionalPlace, position: optionalPlace, operation: text, options: text },
  ...{ object_owner: text, object_name: text, object_type: text, cost: decimal, cardinality: decimal, bytes: decimal },
  ...{ partition_start: text, partition_stop: text, access_predicates: text, filter_predicates: text },
};
export type PlanLine = RowOf<typeof plan_line_shape>;

/** By the operation alone, where its options do not matter. */
const by_operation: Readonly<Record<string, PlanOperator>> = {
  'NESTED LOOPS': 'nested_loop',
  'HASH JOIN': 'hash_join',
  'MERGE JOIN': 'merge_join',
  SORT: 'sort',
  HASH: 'aggregate',
  WINDOW: 'window',
  UNION: 'set_operation',
  'UNION-ALL': 'append',
  CONCATENATION: 'append',
  INTERSECTION: 'set_operation',
  MINUS: 'set_operation',
  COUNT: 'limit',
  BUFFER: 'materialize',
  'TEMP TABLE TRANSFORMATION': 'materialize',
  'LOAD AS SELECT': 'modify',
  VIEW: 'subquery',
  FILTER: 'other',
  'INSERT STATEMENT': 'modify',
  'UPDATE STATEMENT': 'modify',
  'DELETE STATEMENT': 'modify',
  'MERGE STATEMENT': 'modify',
  INSERT: 'modify',
  UPDATE: 'modify',
  DELETE: 'modify',
  MERGE: 'modify',
  'SELECT STATEMENT': 'result',
  'FAST DUAL': 'result',
  'MAT_VIEW REWRITE ACCESS': 'seq_scan',
  'COLLECTION ITERATOR': 'function_scan',
  'FIXED TABLE': 'function_scan',
  'XPATH EVALUATION': 'function_scan',
  BITMAP: 'bitmap_scan',
};

function operatorOf({ operation, options }: PlanLine): PlanOperator {
  if (/^(TABLE|MAT_VIEW) ACCESS$/.test(operation)) return /ROWID/.test(options) ? 'lookup' : 'seq_scan';
  if (operation === 'INDEX') return /FAST FULL/.test(options) ? 'index_only_scan' : 'index_scan';
  if (operation === 'SORT' && /AGGREGATE|GROUP BY|UNIQUE/.test(options)) return 'aggregate';
  if (/^PX /.test(operation)) return 'exchange';
  if (/^PARTITION /.test(operation)) return 'append';
  if (/^WINDOW/.test(operation)) return 'window';
  return by_operation[operation] ?? 'other';
}

/**
 * The tree by its parent links, costs and rows as estimated. Undefined when the lines do not make one tree: a parent is
 * missing, or stands below its own child.
 * @param redact takes literals out of a condition: Oracle prints them in full when they are not bound
 */
export function planTree(lines: readonly PlanLine[], redact: (fragment: string) => string): PlanNode | undefined {
  const sorted = [...lines].sort((a, b) => a.id - b.id);
  const [root] = sorted;
  if (root === undefined || root.parent_id !== null) return undefined;
  const ids = new Set(sorted.map(({ id }) => id));
  const children = new Map<number, PlanLine[]>();
  for (const line of sorted.slice(1)) {
    // Numbers are given from the top down: a parent has the smaller one, so no loop can pass.
    if (line.parent_id === null || line.parent_id >= line.id || !ids.has(line.parent_id)) return undefined;
    children.set(line.parent_id, [...(children.get(line.parent_id) ?? []), line]);
  }
  if (ids.size !== sorted.length) return undefined;
  return nodeOf(root, children, redact);
}

function nodeOf(
  line: PlanLine,
  children: ReadonlyMap<number, readonly PlanLine[]>,
  redact: (fragment: string) => string,
): PlanNode {
  const below = [...(children.get(line.id) ?? [])].sort((a, b) => (a.position ?? a.id) - (b.position ?? b.id));
  const is_index = line.operation === 'INDEX' || /INDEX/.test(line.object_type);
  const partitions = partitionsOf(line);
  const warnings = warningsOf(line);
  return {
    operator: operatorOf(line),
    native_operator: [line.operation, line.options].filter((word) => word !== '').join(' '),
    schema: line.object_owner,
    table: is_index ? '' : line.object_name,
    index: is_index ? line.object_name : '',
    access_condition: line.access_predicates === '' ? '' : redact(line.access_predicates),
    filter_condition: line.filter_predicates === '' ? '' : redact(line.filter_predicates),
    estimated_rows: line.cardinality,
    estimated_width_bytes: widthOf(line),
    startup_cost: null,
    total_cost: line.cost,
    ...(partitions === undefined ? {} : { partitions }),
    ...(warnings.length === 0 ? {} : { warnings }),
    children: below.map((child) => nodeOf(child, children, redact)),
  };
}

const widthOf = ({ bytes, cardinality }: PlanLine): number | null =>
  bytes === null || cardinality === null || cardinality <= 0 ? null : Math.round(bytes / cardinality);

/** Numbers only where the plan knows them; `KEY` is decided when it runs. How many there are it never says. */
function partitionsOf({ partition_start, partition_stop }: PlanLine): PlanNode['partitions'] {
  if (!/^\d+$/.test(partition_start) || !/^\d+$/.test(partition_stop)) return undefined;
  const read = Number(partition_stop) - Number(partition_start) + 1;
  return read < 1 ? undefined : { read, total: null };
}

function warningsOf(line: PlanLine): PlanWarning[] {
  const warnings: PlanWarning[] = [];
  if (line.operation === 'MERGE JOIN' && /CARTESIAN/.test(line.options)) {
    warnings.push({
      kind: 'no_join_predicate',
      text: 'MERGE JOIN CARTESIAN: every row of one side meets every row of the other',
    });
  }
  // SYS_OP_C2C is how the optimizer spells a conversion between character sets that nobody wrote.
  if (/SYS_OP_C2C\(/.test(`${line.access_predicates} ${line.filter_predicates}`)) {
    warnings.push({ kind: 'implicit_conversion', text: 'SYS_OP_C2C: NVARCHAR2 is compared with VARCHAR2' });
  }
  return warnings;
}
