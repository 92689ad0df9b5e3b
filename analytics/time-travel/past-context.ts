import type { Past } from '@plumbline/clickhouse';
import { SourceError } from '@plumbline/contracts';
import type { WhatIf } from '@plumbline/contracts';
import type { JobContext } from '../job.js';
import type { AnalyticsSettings } from '../settings.js';

/** What only the present can lend. */
export type Lent = Pick<JobContext, 'render' | 'log' | 'clock'>;

const refuse = (): Promise<never> =>
  Promise.reject(new SourceError('unsupported', 'a planner cannot be asked about the past', ''));
const no_planner: WhatIf = {
  can_prove: false,
  reason: 'A planner cannot be asked about the past.',
  fix: 'Advice that was proven then is given here by rule and cost model only.',
  plan: refuse,
  indexSizeBytes: refuse,
};

/** A job's surroundings as they were: the store of the past, the settings of then, a clock that stands. */
export const pastContext = (
  past: Past,
  as_of: Date,
  settings: AnalyticsSettings,
  { render, log }: Lent,
): JobContext => ({
  store: past.store,
  ask: past.ask,
  clock: { now: () => as_of },
  settings,
  whatIf: async () => no_planner,
  render,
  log,
});
