import type { AspectSpec } from '@plumbline/contracts';

/** Every statement of ours is a job that waits its turn on the source; on Cloud one may first have to wake an engine. */
const budget_ms = 30_000;

/** What is collected, how often, and what one reading may cost the source. Cloud is asked more rarely: options.ts. */
export const aspects: readonly AspectSpec[] = [
  {
    name: 'runs',
    summary: 'Every run that ended, once, with its phases, user, queue, engine and what it read',
    interval_s: 60,
    budget_ms,
    budget_rows: 25_000,
    reads: ['sys.jobs_recent', 'sys.project.jobs_recent', 'sys.project.history.jobs'],
    needs: 'Dremio 24 or later; VIEW JOB HISTORY for the runs of others (Enterprise, Cloud)',
  },
];
