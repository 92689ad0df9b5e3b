import type { PlanNode, PlanNodeActual } from '@plumbline/contracts';

/** A plan as a person writes it: what matters of each node, and what is below it. */
export interface WrittenPlan {
  /** Operator and table: `seq_scan orders`. */
  readonly is: string;
  readonly rows?: number;
  readonly cost?: number;
  readonly index?: string;
  readonly access?: string;
  readonly filter?: string;
  readonly actual?: Partial<PlanNodeActual>;
  readonly partitions?: PlanNode['partitions'];
  readonly warnings?: PlanNode['warnings'];
  readonly below?: readonly WrittenPlan[];
}

const nothing: PlanNodeActual = {
  ...{ rows: null, executions: null, time_us: null, spilled_bytes: null, peak_memory_bytes: null },
};

export function planOf(written: WrittenPlan): PlanNode {
  const { is, index, rows, cost, access, filter, actual, partitions, warnings, below } = written;
  const [operator = '', table = ''] = is.split(' ');
  return {
    ...{ operator: operator as PlanNode['operator'], native_operator: operator, schema: '', table, index: index ?? '' },
    ...{ access_condition: access ?? '', filter_condition: filter ?? '', estimated_rows: rows ?? null },
    ...{ estimated_width_bytes: null, startup_cost: null, total_cost: cost ?? null },
    ...(actual ? { actual: { ...nothing, ...actual } } : {}),
    ...{ partitions, warnings },
    children: (below ?? []).map(planOf),
  };
}
