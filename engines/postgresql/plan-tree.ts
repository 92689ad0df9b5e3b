import type { PlanNode, PlanOperator } from '@plumbline/contracts';
import { actualOf, partitionsOf, spillWarnings } from './plan-actual.js';

/** A node of EXPLAIN (FORMAT JSON). */
export interface ExplainNode {
  readonly 'Node Type': string;
  readonly Plans?: readonly ExplainNode[];
  readonly [field: string]: unknown;
}

const operators: Readonly<Record<string, PlanOperator>> = {
  'Seq Scan': 'seq_scan',
  'Sample Scan': 'seq_scan',
  'Index Scan': 'index_scan',
  'Index Only Scan': 'index_only_scan',
  'Bitmap Heap Scan': 'bitmap_scan',
  'Bitmap Index Scan': 'bitmap_scan',
  BitmapAnd: 'bitmap_scan',
  BitmapOr: 'bitmap_scan',
  'Nested Loop': 'nested_loop',
  'Hash Join': 'hash_join',
  'Merge Join': 'merge_join',
  Sort: 'sort',
  'Incremental Sort': 'sort',
  Aggregate: 'aggregate',
  Group: 'aggregate',
  Unique: 'aggregate',
  SetOp: 'set_operation',
  WindowAgg: 'window',
  Limit: 'limit',
  Materialize: 'materialize',
  Memoize: 'materialize',
  Hash: 'materialize',
  Gather: 'exchange',
  'Gather Merge': 'exchange',
  Append: 'append',
  'Merge Append': 'append',
  'Recursive Union': 'append',
  'Subquery Scan': 'subquery',
  'CTE Scan': 'subquery',
  'WorkTable Scan': 'subquery',
  'Function Scan': 'function_scan',
  'Table Function Scan': 'function_scan',
  ModifyTable: 'modify',
  Result: 'result',
  'Values Scan': 'result',
};

const access_fields = ['Index Cond', 'Recheck Cond', 'Hash Cond', 'Merge Cond', 'Sort Key', 'Group Key', 'TID Cond'];
const filter_fields = ['Filter', 'Join Filter', 'One-Time Filter'];

/** @param redact takes literals out of a condition: PostgreSQL prints constants of views and defaults in full */
export function planTree(node: ExplainNode, redact: (fragment: string) => string): PlanNode {
  const text = (name: string): string => (typeof node[name] === 'string' ? node[name] : '');
  const number = (name: string): number | null => (typeof node[name] === 'number' ? node[name] : null);
  const conditions = (names: readonly string[]): string =>
    names
      .flatMap((name) => node[name] ?? [])
      .filter((condition) => typeof condition === 'string')
      .map(redact)
      .join(' AND ');
  return {
    operator: operators[node['Node Type']] ?? 'other',
    native_operator: node['Node Type'],
    schema: text('Schema'),
    table: text('Relation Name'),
    index: text('Index Name'),
    access_condition: conditions(access_fields),
    filter_condition: conditions(filter_fields),
    estimated_rows: number('Plan Rows'),
    estimated_width_bytes: number('Plan Width'),
    startup_cost: number('Startup Cost'),
    total_cost: number('Total Cost'),
    ...actualOf(node),
    ...partitionsOf(node),
    ...spillWarnings(node),
    children: (node.Plans ?? []).map((child) => planTree(child, redact)),
  };
}
