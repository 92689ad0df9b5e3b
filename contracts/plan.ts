/** The common plan tree: every engine's operators in one vocabulary, with the engine's own name kept beside. */
export const plan_operators = [
  'seq_scan',
  'index_scan',
  'index_only_scan',
  'bitmap_scan',
  'nested_loop',
  'hash_join',
  'merge_join',
  'sort',
  'aggregate',
  'limit',
  'materialize',
  'exchange',
  'append',
  'subquery',
  'function_scan',
  'modify',
  'result',
  'other',
] as const;
export type PlanOperator = (typeof plan_operators)[number];

export interface PlanNode {
  readonly operator: PlanOperator;
  /** The engine's own name, e.g. "Bitmap Heap Scan". */
  readonly native_operator: string;
  readonly schema: string;
  readonly table: string;
  readonly index: string;
  /** Conditions with literals removed. */
  readonly access_condition: string;
  readonly filter_condition: string;
  readonly estimated_rows: number | null;
  readonly estimated_width_bytes: number | null;
  readonly startup_cost: number | null;
  readonly total_cost: number | null;
  readonly children: readonly PlanNode[];
}

export type PlanChange = 'same' | 'changed' | 'added' | 'removed';

/** Two trees laid over each other, for the page: each node with what became of it. */
export interface PlanDiffNode {
  readonly change: PlanChange;
  readonly before: Omit<PlanNode, 'children'> | null;
  readonly after: Omit<PlanNode, 'children'> | null;
  readonly children: readonly PlanDiffNode[];
}
