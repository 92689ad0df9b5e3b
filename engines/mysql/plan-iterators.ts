import type { PlanNode, PlanOperator } from '@plumbline/contracts';
import { and, numberOf, objectsOf, textOf, textsOf, type PlanObject } from './plan-json.js';

type Redact = (fragment: string) => string;

/** By `access_type`; `table`, `index` and `join` are told apart below. */
const operators: Readonly<Record<string, PlanOperator>> = {
  sort: 'sort',
  aggregate: 'aggregate',
  temp_table_aggregate: 'aggregate',
  remove_duplicates: 'aggregate',
  remove_duplicates_from_groups: 'aggregate',
  weedout: 'aggregate',
  limit: 'limit',
  window: 'window',
  materialize: 'materialize',
  stream: 'materialize',
  append: 'append',
  index_merge: 'bitmap_scan',
  rowid_union: 'bitmap_scan',
  rowid_intersection: 'bitmap_scan',
  materialized_table_function: 'function_scan',
  scan_new_records: 'subquery',
  rows_fetched_before_execution: 'result',
  constant_row: 'result',
  zero_rows: 'result',
  count_rows: 'seq_scan',
  insert_values: 'modify',
  replace_values: 'modify',
  delete_rows: 'modify',
  update_rows: 'modify',
};

/** The tree of the second format: iterators with their inputs, tables under their own names. */
export function iteratorTree(iterator: PlanObject, redact: Redact): PlanNode {
  const children = Object.entries(iterator)
    .filter(([name]) => name.startsWith('inputs'))
    .flatMap(([, inputs]) => objectsOf(inputs))
    .map((input) => iteratorTree(input, redact));
  const [only, ...others] = children;
  const is_filter = iterator['access_type'] === 'filter' && only !== undefined;
  return is_filter ? filtered(iterator, only, others, redact) : node(iterator, children, redact);
}

/** A filter is no step of its own in the common tree: it stands at what it filters, whose rows it lessens. */
function filtered(iterator: PlanObject, child: PlanNode, others: readonly PlanNode[], redact: Redact): PlanNode {
  return {
    ...child,
    filter_condition: and([child.filter_condition, redact(textOf(iterator['condition']))]),
    estimated_rows: numberOf(iterator['estimated_rows']) ?? child.estimated_rows,
    total_cost: numberOf(iterator['estimated_total_cost']) ?? child.total_cost,
    children: [...child.children, ...others],
  };
}

function node(iterator: PlanObject, children: readonly PlanNode[], redact: Redact): PlanNode {
  const schema = textOf(iterator['schema_name']);
  const access = [
    textOf(iterator['lookup_condition']),
    ...textsOf(iterator['ranges']),
    textOf(iterator['pushed_index_condition']),
    ...textsOf(iterator['hash_condition']),
    textsOf(iterator['sort_fields']).join(', '),
  ];
  return {
    operator: operatorOf(iterator, schema !== ''),
    native_operator: nativeName(textOf(iterator['operation']), textOf(iterator['access_type'])),
    schema,
    table: schema === '' ? '' : textOf(iterator['table_name']),
    index: schema === '' ? '' : textOf(iterator['index_name']),
    access_condition: and(access.map(redact)),
    filter_condition: and([redact(textOf(iterator['condition']))]),
    estimated_rows: numberOf(iterator['estimated_rows']),
    ...{ estimated_width_bytes: null, startup_cost: numberOf(iterator['estimated_first_row_cost']) },
    total_cost: numberOf(iterator['estimated_total_cost']),
    children,
  };
}

/** @param is_stored the iterator reads a table, not what a step before it left */
function operatorOf(iterator: PlanObject, is_stored: boolean): PlanOperator {
  const access_type = textOf(iterator['access_type']);
  if (access_type === 'table') return is_stored ? 'seq_scan' : 'subquery';
  if (access_type === 'index') {
    if (!is_stored) return 'subquery';
    return iterator['covering'] === true ? 'index_only_scan' : 'index_scan';
  }
  if (access_type === 'join') return iterator['join_algorithm'] === 'hash' ? 'hash_join' : 'nested_loop';
  if (access_type === 'materialize' && iterator['union'] === true) return 'set_operation';
  return operators[access_type] ?? 'other';
}

/** `Index lookup on o using fk (customer_id = 7)` → `Index lookup`: what follows names objects and holds literals. */
const nativeName = (operation: string, access_type: string): string =>
  /^[A-Za-z][A-Za-z /-]*?(?= on | using | with |[:(,<]|$| \(| CTE )/.exec(operation)?.[0].trim() ?? access_type;
