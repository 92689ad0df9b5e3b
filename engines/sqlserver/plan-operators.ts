import type { PlanOperator } from '@plumbline/contracts';

/** By PhysicalOp of showplan. */
const operators: Readonly<Record<string, PlanOperator>> = {
  'Table Scan': 'seq_scan',
  'Clustered Index Scan': 'seq_scan',
  'Columnstore Index Scan': 'seq_scan',
  'Index Scan': 'index_only_scan',
  'Index Seek': 'index_scan',
  'Clustered Index Seek': 'index_scan',
  'Key Lookup': 'lookup',
  'RID Lookup': 'lookup',
  'Nested Loops': 'nested_loop',
  'Merge Join': 'merge_join',
  'Hash Match': 'hash_join',
  'Adaptive Join': 'hash_join',
  Sort: 'sort',
  'Stream Aggregate': 'aggregate',
  'Window Aggregate': 'window',
  'Window Spool': 'window',
  Segment: 'window',
  'Sequence Project': 'window',
  Top: 'limit',
  'Table Spool': 'materialize',
  'Index Spool': 'materialize',
  'Row Count Spool': 'materialize',
  Spool: 'materialize',
  Parallelism: 'exchange',
  Concatenation: 'append',
  'Table-valued function': 'function_scan',
  'Compute Scalar': 'result',
  'Constant Scan': 'result',
  Filter: 'result',
  Assert: 'result',
};

/** What one physical operator does depends on its logical one: a hash joins, groups or unites. */
const by_logical: readonly (readonly [physical: RegExp, logical: RegExp, PlanOperator])[] = [
  [/^Hash Match$/, /Aggregate|Distinct/, 'aggregate'],
  [/^(Hash Match|Merge Join)$/, /^(Union|Concatenation)$/, 'set_operation'],
  [/ (Insert|Update|Delete|Merge)$/, /./, 'modify'],
];

export function planOperator(physical: string, logical: string, is_lookup: boolean): PlanOperator {
  if (is_lookup) return 'lookup';
  const special = by_logical.find(([of, as]) => of.test(physical) && as.test(logical));
  return special?.[2] ?? operators[physical] ?? 'other';
}
