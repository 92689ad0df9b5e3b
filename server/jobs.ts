import type { Job, JobContext } from '@plumbline/analytics';
import { writeMoment } from '@plumbline/analytics/time-travel/judged-moments';
import type { ServerStatus } from '@plumbline/contracts';
import { errorText } from './logging.js';
import type { Metrics } from './metrics/metrics.js';
import { version } from './version.js';

export type JobStatus = ServerStatus['jobs'][number];

export interface RunningJobs {
  status(): readonly JobStatus[];
  /** No new run begins; resolves when the running ones end, at most after `timeout_ms`. */
  stop(timeout_ms: number): Promise<void>;
}

/** Whether the jobs are this process's to run, and how soon to ask again when they are not. */
export interface Turn {
  isOurs(): boolean;
  readonly ask_again_s: number;
}
const always_ours: Turn = { isOurs: () => true, ask_again_s: 0 };

/**
 * Runs each analytics job on its own period. Own timers rather than a cron library: periods are seconds, not calendar
 * times, and the next run is counted from the end of the last, so a slow job can never overlap or queue up behind
 * itself.
 */
export function startJobs(
  jobs: readonly Job[],
  context: JobContext,
  metrics: Metrics,
  turn: Turn = always_ours,
): RunningJobs {
  const runners = jobs.map((job) => startJob(job, context, metrics, turn));
  return {
    status: () => runners.map((runner) => runner.status()),
    async stop(timeout_ms) {
      const ended = Promise.all(runners.map((runner) => runner.stop())).then(() => undefined);
      let timer: NodeJS.Timeout | undefined;
      const given_up = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeout_ms)));
      await Promise.race([ended, given_up]);
      clearTimeout(timer);
    },
  };
}

interface Runner {
  status(): JobStatus;
  stop(): Promise<void>;
}

/** The first run waits a moment, so that starting is not made slower by judging. */
const first_run_after_s = 2;

function startJob(job: Job, context: JobContext, metrics: Metrics, turn: Turn): Runner {
  const every_s = job.everySeconds(context.settings);
  let status: JobStatus = {
    name: job.name,
    every_s,
    last_run_at: null,
    last_elapsed_ms: null,
    last_state: 'never_run',
    summary: '',
  };
  let is_stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const schedule = (after_s: number): void => {
    if (is_stopped) return;
    timer = setTimeout(() => {
      if (turn.isOurs()) running = run().finally(() => schedule(every_s));
      else {
        status = { ...status, summary: 'another process runs the jobs' };
        schedule(Math.min(turn.ask_again_s, every_s));
      }
    }, after_s * 1000);
  };
  const run = async (): Promise<void> => {
    const began = context.clock.now();
    status = { ...status, last_state: 'running' };
    const outcome = await outcomeOf(job, context, began);
    const ended = context.clock.now();
    const elapsed_ms = ended.getTime() - began.getTime();
    status = { ...status, ...outcome, last_run_at: began.toISOString(), last_elapsed_ms: elapsed_ms };
    metrics.jobRun(job.name, elapsed_ms, outcome.last_state);
    if (outcome.last_state === 'ok') metrics.jobSummary(job.name, context.clock.now());
    await remember(job, context, began, ended, outcome.last_state);
  };

  schedule(Math.min(first_run_after_s, every_s));
  return {
    status: () => status,
    stop() {
      is_stopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}

/** So that it can be judged again. Its loss is worth a line in the log, not a failed job. */
async function remember(
  { name: job }: Job,
  context: JobContext,
  as_of: Date,
  ended_at: Date,
  outcome: 'ok' | 'failed',
): Promise<void> {
  try {
    await writeMoment(context.store, { job, as_of, ended_at, outcome, settings: context.settings }, version);
  } catch (error) {
    context.log('warn', 'This run was not written down: plumbline replay will not know of it', { job, error });
  }
}

/** A job that fails is a line in the log and in the status; the next run is tried as usual. */
async function outcomeOf(
  job: Job,
  context: JobContext,
  as_of: Date,
): Promise<{ last_state: 'ok' | 'failed'; summary: string }> {
  try {
    const report = await job.run(context, as_of);
    context.log(report.written_rows > 0 ? 'info' : 'debug', report.summary, { job: job.name });
    return { last_state: 'ok', summary: report.summary };
  } catch (error) {
    context.log('error', 'A job failed; it runs again at its next time', { job: job.name, error });
    return { last_state: 'failed', summary: errorText(error) };
  }
}
