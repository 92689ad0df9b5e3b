import { readdirSync } from 'node:fs';
import type { Job } from '../job.js';

/** In the order in which one run after another makes sense: learn, judge, notice what was done, advise, measure, describe. */
const order = ['publish', 'baseline', 'regress', 'notice', 'recommend', 'measure', 'features'];

/** Every job of this folder: one file, one job, its default export. A new file is a new job. */
export async function loadJobs(): Promise<readonly Job[]> {
  const files = readdirSync(new URL('.', import.meta.url)).filter(
    (name) => /^[a-z-]+\.js$/.test(name) && name !== 'index.js',
  );
  const jobs: Job[] = [];
  for (const file of files) {
    const module = (await import(new URL(file, import.meta.url).href)) as { readonly default?: Job };
    if (module.default === undefined) throw new Error(`analytics/jobs/${file} exports no job by default`);
    jobs.push(module.default);
  }
  const place = (job: Job): number => (order.includes(job.name) ? order.indexOf(job.name) : order.length);
  return jobs.sort((left, right) => place(left) - place(right) || left.name.localeCompare(right.name));
}
