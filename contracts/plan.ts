/** The common plan tree: every engine's operators in one vocabulary, with the engine's own name kept beside. */
export const plan_operators = [
  'seq_scan',
  'index_scan',
  'index_only_scan',
  'lookup',
  'bitmap_scan',
  'nested_loop',
  'hash_join',
  'merge_join',
  'sort',
  'aggregate',
  'window',
  'set_operation',
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
  /** What a run of this plan really did; left out where the engine tells only what it expected. */
  readonly actual?: PlanNodeActual | undefined;
  /** How much of a partitioned table is read, as the plan says; left out where it says nothing. */
  readonly partitions?: { readonly read: number; readonly total: number | null } | undefined;
  /** What the engine itself warned of at this node, literals removed: an implicit conversion, missing statistics. */
  readonly warnings?: readonly PlanWarning[] | undefined;
  readonly children: readonly PlanNode[];
}

/** Sums over all executions of the node in the runs observed. */
export interface PlanNodeActual {
  readonly rows: number | null;
  readonly executions: number | null;
  readonly time_us: number | null;
  /** Bytes written to temporary space because memory did not suffice. */
  readonly spilled_bytes: number | null;
  readonly peak_memory_bytes: number | null;
}

export const plan_warning_kinds = ['implicit_conversion', 'missing_statistics', 'no_join_predicate', 'spill'] as const;

export interface PlanWarning {
  readonly kind: (typeof plan_warning_kinds)[number];
  readonly text: string;
}

export type PlanChange = 'same' | 'changed' | 'added' | 'removed';

/** Two trees laid over each other, for the page: each node with what became of it. */
export interface PlanDiffNode {
  readonly change: PlanChange;
  readonly before: Omit<PlanNode, 'children'> | null;
  readonly after: Omit<PlanNode, 'children'> | null;
  readonly children: readonly PlanDiffNode[];
}

export const plan_issue_kinds = [
  'full_scan',
  'nested_loop',
  'misestimate',
  'spill',
  'missing_pruning',
  'implicit_conversion',
] as const;

/** One thing that a plan does at a price, at one node of it. */
export interface PlanIssue {
  readonly kind: (typeof plan_issue_kinds)[number];
  /** The node's place: which child to take at each step down from the root; empty for the root. */
  readonly path: readonly number[];
  readonly native_operator: string;
  readonly schema: string;
  readonly table: string;
  /** What is wrong and by how much, for a page. */
  readonly sentence: string;
  /** What it was judged by; the names carry their units. */
  readonly figures: Readonly<Record<string, number>>;
}
