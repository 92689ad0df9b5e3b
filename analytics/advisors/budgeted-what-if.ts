import { SourceError, type WhatIf } from '@plumbline/contracts';

/** The setting `what_if_max_calls` is used up: what was found so far stands, the rest was not asked. */
export class PlannerBudgetReached extends Error {
  constructor(readonly max_calls: number) {
    super(`the planner was asked ${max_calls} times, the bound set by what_if_max_calls`);
    this.name = 'PlannerBudgetReached';
  }
}

export interface BudgetedWhatIf extends WhatIf {
  readonly calls: number;
  /** Calls that got no answer at all, so that nothing may be concluded; a refused statement is an answer. */
  readonly unanswered_calls: number;
  readonly is_reached: boolean;
}

/** Counts what is asked of the source's planner in one run, and refuses more than `max_calls`. */
export function budgetedWhatIf(what_if: WhatIf, max_calls: number): BudgetedWhatIf {
  let calls = 0;
  let unanswered_calls = 0;
  let is_reached = false;
  async function counted<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    if (calls >= max_calls) {
      is_reached = true;
      throw new PlannerBudgetReached(max_calls);
    }
    calls += 1;
    try {
      return await ask();
    } catch (error) {
      if (isUnanswered(error)) unanswered_calls += 1;
      throw error;
    }
  }
  return {
    can_prove: what_if.can_prove,
    reason: what_if.reason,
    fix: what_if.fix,
    plan: (database_name, template, indexes) => counted(() => what_if.plan(database_name, template, indexes)),
    indexSizeBytes: (database_name, index) => counted(() => what_if.indexSizeBytes(database_name, index)),
    get calls() {
      return calls;
    },
    get unanswered_calls() {
      return unanswered_calls;
    },
    get is_reached() {
      return is_reached;
    },
  };
}

const unanswering: readonly string[] = ['unreachable', 'wrong_password', 'no_database', 'timeout', 'broken'];
const isUnanswered = (error: unknown) => error instanceof SourceError && unanswering.includes(error.failure);

/** Words for a proof note. Only `SourceError` promises to hold no literal, so other messages stay out. */
export function plannerFailure(error: unknown): string {
  if (error instanceof SourceError || error instanceof PlannerBudgetReached) return error.message;
  return `the planner call failed (${error instanceof Error ? error.name : 'unknown error'})`;
}
