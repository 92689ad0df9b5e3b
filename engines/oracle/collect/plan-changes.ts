import { planHashOf } from '../normalize.js';

/** By instance: the plan hash that a statement last spent most time in. */
export type PlansInUse = Readonly<Record<string, string>>;

interface PlanUse {
  readonly sql_id: string;
  readonly plan_hash_value: bigint | null;
  readonly elapsed_us: bigint | null;
}

export interface PlanInUse {
  readonly sql_id: string;
  readonly plan_hash: string;
  /** The plan it had before on this instance; undefined when it is the same or the first. */
  readonly before: string | undefined;
}

/**
 * The plan that each statement spent most time in within one window of one instance, beside the one before. Literal
 * variants are statements of their own here, so that two of them with two plans do not look like a change.
 */
export function plansInUse(
  rows: readonly PlanUse[],
  instance_number: number,
  usedBefore: (sql_id: string) => PlansInUse,
): PlanInUse[] {
  const costliest = new Map<string, PlanUse>();
  for (const row of rows) {
    if (planHashOf(row.plan_hash_value) === '') continue;
    const other = costliest.get(row.sql_id);
    if (other === undefined || (row.elapsed_us ?? 0n) > (other.elapsed_us ?? 0n)) costliest.set(row.sql_id, row);
  }
  return [...costliest.values()].map(({ sql_id, plan_hash_value }) => {
    const plan_hash = planHashOf(plan_hash_value);
    const was = usedBefore(sql_id)[String(instance_number)];
    return { sql_id, plan_hash, before: was === plan_hash ? undefined : was };
  });
}
