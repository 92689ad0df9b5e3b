import type { Action, Clock, InstanceId, RenderedAction, WhatIf } from '@plumbline/contracts';
import type { AskView, Store } from '@plumbline/clickhouse';
import type { AnalyticsSettings } from './settings.js';

/** Where a job reads, writes and asks. It never sees an engine's connection, only what it may ask of it. */
export interface JobContext {
  readonly store: Store;
  readonly ask: AskView;
  readonly clock: Clock;
  readonly settings: AnalyticsSettings;
  /** Planning with imagined indexes on this instance; one that `can_prove` nothing where the engine has no way. */
  whatIf(instance_id: InstanceId): Promise<WhatIf>;
  render(engine: string, action: Action): RenderedAction;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface JobReport {
  /** One line for the log and `plumbline status`, e.g. "judged 120 queries, opened 1 regression". */
  readonly summary: string;
  readonly written_rows: number;
}

/** One file under analytics/jobs. Judging reads only facts up to `as_of`, so a past judgement can be made again. */
export interface Job {
  readonly name: string;
  readonly summary: string;
  everySeconds(settings: AnalyticsSettings): number;
  run(context: JobContext, as_of: Date): Promise<JobReport>;
}
