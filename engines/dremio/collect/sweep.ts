import { SourceError } from '@plumbline/contracts';
import { timeOf } from '../fields.js';
import type { Result } from '../job.js';
import { historyOfRuns, historyPage, jobOf, type Cursor, type History, type Job } from './history.js';
import type { Reading } from './reading.js';
import type { RunsState } from './runs-state.js';

/** Ids in one statement. */
const ids_per_statement = 200;

export interface Sweep {
  readonly jobs: readonly Job[];
  readonly rows: number;
  /** Rows that have neither an id nor a time. */
  readonly damaged: number;
  /** Where the sweep after this one begins. */
  readonly next_from_ms: number;
  /** Where it was left; absent when it came to the end. */
  readonly cursor?: Cursor;
}

/** Reads on in the order of submission, page by page, to the end or as far as one reading may go. */
export async function sweepOf(reading: Reading, history: History, state: RunsState): Promise<Sweep> {
  const { rows_per_statement, rows_per_reading } = reading.source.options;
  const jobs: Job[] = [];
  let from: number | Cursor = state.cursor ?? state.from_ms;
  let next_from_ms = state.from_ms;
  let rows = 0;
  let damaged = 0;
  for (;;) {
    const limit = Math.min(rows_per_statement, rows_per_reading - rows);
    const page = await reading.source.query(historyPage(history, from, limit), reading.tools.abort);
    if (typeof from === 'number') next_from_ms = Math.max(next_from_ms, beginningOf(page.rows, history));
    const read = page.rows.flatMap((fields) => jobOf(history, fields) ?? []);
    jobs.push(...read);
    rows += page.rows.length;
    damaged += page.rows.length - read.length;
    const last = read.at(-1);
    if (page.rows.length < limit) return { jobs, rows, damaged, next_from_ms };
    if (last === undefined)
      throw new SourceError('broken', 'a page of history has no row that can be read', 'Report it');
    from = { submitted_ms: last.submitted_ms, submitted_key: last.submitted_key, job_id: last.job_id };
    if (rows >= rows_per_reading) return { jobs, rows, damaged, next_from_ms, cursor: from };
  }
}

/** How far back the next sweep must reach, by the server's time when this one began; 0: it told no time, or no row. */
function beginningOf(rows: Result['rows'], history: History): number {
  const server_now = timeOf(rows[0]?.['server_now']);
  return server_now === undefined ? 0 : server_now.getTime() - history.table.overlap_s * 1_000;
}

/** The rows of single runs, by their ids. */
export async function askedFor(
  reading: Reading,
  history: History,
  job_ids: readonly string[],
): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  for (let first = 0; first < job_ids.length; first += ids_per_statement) {
    const ids = job_ids.slice(first, first + ids_per_statement);
    const { rows } = await reading.source.query(historyOfRuns(history, ids), reading.tools.abort);
    jobs.push(...rows.flatMap((fields) => jobOf(history, fields) ?? []).filter(({ job_id }) => ids.includes(job_id)));
  }
  return jobs;
}
