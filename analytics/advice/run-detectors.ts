import type { Ability, Detector, DetectorInput, DetectorTools, Recommendation } from '@plumbline/contracts';
import type { BudgetedWhatIf } from '../advisors/budgeted-what-if.js';
import type { Calibrations } from '../calibration/learned-calibrations.js';
import type { JobContext } from '../job.js';
import { planIssues } from '../plan/issues.js';
import { recommendationOf } from './recommendation.js';

export interface DetectorRuns {
  readonly found: readonly Recommendation[];
  readonly completed_detectors: ReadonlySet<string>;
  readonly failed_detectors: readonly string[];
}

/** Runs what this instance can feed. One failing detector is told of and steps aside; the others go on. */
export async function runDetectors(
  context: JobContext,
  detectors: readonly Detector[],
  input: DetectorInput,
  abilities: readonly string[],
  what_if: BudgetedWhatIf,
  calibrations: Calibrations,
): Promise<DetectorRuns> {
  const tools: DetectorTools = {
    what_if,
    render: (action) => context.render(input.engine, action),
    planIssues: (plan, rows_of) => planIssues(plan, context.settings, rows_of),
  };
  const found: Recommendation[] = [];
  const completed_detectors = new Set<string>();
  const failed_detectors: string[] = [];
  for (const detector of detectors) {
    if (!detector.needs.every((need) => abilities.includes(need) && hasFacts(input, need))) continue;
    const unanswered_before = what_if.unanswered_calls;
    try {
      const findings = await detector.detect(input, tools);
      found.push(
        ...findings.map((finding) => {
          const { action, proof } = finding;
          return recommendationOf(input, detector, finding, tools.render(action), calibrations(action.kind, proof));
        }),
      );
      // A search that was cut short, or a planner that did not answer, may have missed what was found before.
      if (!what_if.is_reached && what_if.unanswered_calls === unanswered_before) completed_detectors.add(detector.name);
    } catch (error) {
      failed_detectors.push(detector.name);
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      context.log('error', `detector ${detector.name} failed`, {
        instance_id: input.instance_id,
        error: name,
        message,
      });
    }
  }
  return { found, completed_detectors, failed_detectors };
}

/** Facts that were never collected are no facts: without a list of indexes every index looks missing. */
function hasFacts(input: DetectorInput, need: Ability): boolean {
  const counts: Partial<Record<Ability, number>> = {
    statements: input.queries.length,
    tables: input.tables.length,
    indexes: input.indexes.length,
    columns: input.columns.length,
    settings: input.settings.size,
    table_files: input.table_files.length,
    ...(input.reflections === null ? { reflections: 0 } : {}),
  };
  return counts[need] !== 0;
}
