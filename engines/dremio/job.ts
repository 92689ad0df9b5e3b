import { randomUUID } from 'node:crypto';
import type { Client } from './client.js';
import { listOf, numberOf, objectsOf, isObject, textOf, type Fields } from './fields.js';
import { jobFailure } from './job-failure.js';
import { at } from '../shared/server-error.js';
import { aborted, brokenAnswer, DremioError } from './source-error.js';

export interface JobOptions {
  readonly sql_engine: string;
  readonly timeout_ms: number;
  readonly rows_per_page: number;
  readonly abort: AbortSignal;
}

export interface Result {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Fields[];
}

const first_poll_ms = 250;
const longest_poll_ms = 5_000;
const cancel_timeout_ms = 5_000;
/** A page that comes back empty before the end is asked for again so often. */
const most_empty_pages = 3;

/** Submits one statement, waits for its job and reads all pages of its result. Throws SourceError. */
export async function runJob(client: Client, sql: string, options: JobOptions): Promise<Result> {
  const id = await submit(client, sql, options);
  try {
    const row_count = await finished(client, id, options);
    return await allPages(client, id, row_count, options);
  } catch (error) {
    await cancel(client, id);
    throw error;
  }
}

const pathOf = (client: Client, id: string): string => `${client.http.edition.prefix}/job/${encodeURIComponent(id)}`;

async function submit(client: Client, sql: string, options: JobOptions): Promise<string> {
  const is_cloud = client.http.edition.id === 'cloud';
  const engine = options.sql_engine === '' ? {} : { engineName: options.sql_engine };
  const told = await client.json({
    ...{ method: 'POST', path: `${client.http.edition.prefix}/sql`, endpoint: 'other', what: 'SQL' },
    // With the same requestId a second POST is the first one: only Cloud knows it, so only there it is repeated.
    ...{ body: { sql, ...engine, ...(is_cloud ? { requestId: randomUUID() } : {}) }, is_repeatable: is_cloud },
    abort: options.abort,
  });
  const id = textOf(told['id']);
  if (id === '') throw brokenAnswer(client.http.where, 'a submitted job without an id');
  return id;
}

/** Polls ever more slowly: status requests are the scarcest that Cloud grants. */
async function finished(client: Client, id: string, options: JobOptions): Promise<number> {
  const { pace, where } = client.http;
  const deadline_ms = pace.now_ms() + options.timeout_ms;
  for (let rest_ms = first_poll_ms; ; rest_ms = Math.min(longest_poll_ms, rest_ms * 1.5)) {
    const job = await client.json({
      ...{ method: 'GET', path: pathOf(client, id), endpoint: 'job', what: 'job' },
      ...{ is_repeatable: true, abort: options.abort },
    });
    const state = textOf(job['jobState']);
    if (state === 'COMPLETED') return numberOf(job['rowCount']) ?? 0;
    if (state === 'FAILED' || /^CANCELL?ED$/.test(state)) throw jobFailure(where, state, textOf(job['errorMessage']));
    if (state === '') throw brokenAnswer(where, 'a job without a state');
    if (pace.now_ms() + rest_ms > deadline_ms) throw tooSlow(at(where), state, options.timeout_ms);
    await pace.wait(rest_ms, options.abort).catch(() => Promise.reject(aborted()));
  }
}

const tooSlow = (server: string, state: string, timeout_ms: number): DremioError =>
  new DremioError(
    'other',
    'timeout',
    `${server} did not end our statement within ${timeout_ms / 1_000} s (it was ${/^[A-Z_]{1,30}$/.exec(state)?.[0] ?? 'in another state'}); it was canceled`,
    'Give our statements a queue or engine of their own: options.sql_engine, or a queue rule for this user',
  );

async function allPages(client: Client, id: string, row_count: number, options: JobOptions): Promise<Result> {
  const rows: Fields[] = [];
  let columns: Result['columns'] = [];
  let empty_pages = 0;
  do {
    const page = await client.json({
      method: 'GET',
      path: `${pathOf(client, id)}/results?offset=${rows.length}&limit=${options.rows_per_page}`,
      ...{ endpoint: 'results', what: 'results', is_repeatable: true, abort: options.abort },
    });
    if (columns.length === 0) columns = columnsOf(page);
    // A page may hold fewer rows than asked for: the next one begins where this one ended.
    const read = objectsOf(page['rows']);
    if (read.length !== listOf(page['rows']).length) throw brokenAnswer(client.http.where, 'rows that are no objects');
    rows.push(...read);
    empty_pages = read.length === 0 ? empty_pages + 1 : 0;
    if (empty_pages > most_empty_pages) throw lostRows(client, rows.length, row_count);
  } while (rows.length < row_count);
  return { columns, rows };
}

const lostRows = (client: Client, read: number, row_count: number): DremioError =>
  new DremioError(
    'other',
    'broken',
    `${at(client.http.where)} counted ${row_count} rows and gave ${read}`,
    'The next reading asks again; if it stays so, see whether results are cleaned up at once (results.max.age_in_days)',
  );

const columnsOf = (page: Fields): Result['columns'] =>
  objectsOf(page['schema']).map(({ name, type }) => ({
    name: textOf(name),
    type: isObject(type) ? textOf(type['name']) : textOf(type),
  }));

/** What we leave running costs the source; that it cannot be canceled costs us nothing. */
async function cancel(client: Client, id: string): Promise<void> {
  await client
    .bytes({
      ...{ method: 'POST', path: `${pathOf(client, id)}/cancel`, endpoint: 'other', what: 'job' },
      ...{ is_repeatable: false, abort: AbortSignal.timeout(cancel_timeout_ms) },
    })
    .catch(() => undefined);
}
