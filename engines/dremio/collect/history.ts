import type { HistoryTable } from '../edition.js';
import { namesOf, textOf, timeOf, wholeOf, type Fields } from '../fields.js';
import { literal, quoted, type Source } from '../source.js';

/** One row of the job history as it was read. Times are ms since 1970; undefined: that phase never began. */
export interface Job {
  readonly job_id: string;
  readonly status: string;
  readonly submitted_ms: number;
  /** In the table's own resolution, for paging. */
  readonly submitted_key: string;
  readonly final_ms: number | undefined;
  readonly fields: Fields;
}

/** How the time of submission is told, finest exact one first. */
type KeyKind = 'millis' | 'nanos' | 'text';
interface Key {
  readonly column: string;
  readonly kind: KeyKind;
}

/** The history that this server keeps, by the columns it has. */
export interface History {
  readonly table: HistoryTable;
  readonly key: Key;
  readonly columns: ReadonlySet<string>;
}

/** A place in the history's order: after the run `job_id` that was handed in at `submitted_key`. */
export interface Cursor {
  readonly submitted_ms: number;
  readonly submitted_key: string;
  readonly job_id: string;
}

const keys: readonly Key[] = [
  { column: 'submitted_epoch_millis', kind: 'millis' },
  { column: 'submitted_epoch', kind: 'nanos' },
  { column: 'submitted_ts', kind: 'text' },
];

/** Longer statements are cut here: a page of 500 rows must stay within what one answer may hold. */
export const longest_text_characters = 32_768;
const longest_message_characters = 500;

/** Every time that is asked for, without its ending. The fourth and fifth are one: Cloud spells it longer. */
const phase_names = [
  ...['final_state', 'planning_start', 'query_enqueued', 'execution_planning', 'execution_planning_start'],
  'execution_start',
];
const time_endings = ['_epoch_millis', '_epoch', '_ts'] as const;
const kind_of_ending = { _epoch_millis: 'millis', _epoch: 'nanos', _ts: 'text' } as const;

/** Read as text where they are numbers: JSON numbers lose digits beyond 2^53, and nanoseconds since 1970 are. */
const texts = [
  ...['status', 'query_type', 'user_name', 'attempt_count', 'rows_scanned', 'bytes_scanned', 'rows_returned'],
  ...['execution_cpu_time_ns', 'execution_cpu_time_millis', 'execution_allocated_bytes'],
  ...['memory_allocated', 'accelerated', 'is_accelerated', 'queue_name', 'engine', 'engine_name'],
  ...['planner_estimated_cost', 'query_cost'],
];
/** Lists, in Cloud as JSON. */
const plain = ['scanned_datasets', 'query_chunks', 'reflection_matches'];

/** The first table of the edition's list that is there; undefined when there is none. Throws SourceError. */
export async function historyOf(source: Source, abort: AbortSignal): Promise<History | undefined> {
  for (const table of source.facts.edition.history) {
    const columns = await source.columns(table.name, abort);
    const key = keys.find(({ column }) => columns.has(column));
    if (key !== undefined && columns.has('job_id') && columns.has('status')) return { table, key, columns };
  }
  return undefined;
}

function selected(history: History): string {
  const has = (name: string): boolean => history.columns.has(name);
  const times = phase_names.flatMap((phase) =>
    time_endings
      .map((ending) => `${phase}${ending}`)
      .filter(has)
      .slice(0, 1),
  );
  return [
    'job_id',
    ...[...new Set([history.key.column, ...times, ...texts.filter(has)])].map(
      (name) => `CAST(${quoted(name)} AS VARCHAR) AS ${quoted(name)}`,
    ),
    ...plain.filter(has).map(quoted),
    ...(has('query') ? [`SUBSTR("query", 1, ${longest_text_characters}) AS "query"`] : []),
    ...(has('error_msg') ? [`SUBSTR("error_msg", 1, ${longest_message_characters}) AS "error_msg"`] : []),
  ].join(', ');
}

/** From a time on, or after a row; in order of submission, with the server's time beside each row. */
export function historyPage(history: History, from: number | Cursor, limit: number): string {
  const { key, table } = history;
  const column = quoted(key.column);
  const order = `ORDER BY ${column}, job_id LIMIT ${limit}`;
  const head = `SELECT ${selected(history)}, CURRENT_TIMESTAMP AS server_now FROM ${table.name} WHERE`;
  if (typeof from === 'number') {
    // Dremio pushes `>` and a plain literal down to its job store, and neither `>=` nor a function.
    return `${head} ${column} > ${keyLiteral(key, keyOf(key, from - 1))} ${order}`;
  }
  const at = keyLiteral(key, from.submitted_key);
  const before = keyLiteral(key, keyBefore(key, from.submitted_key));
  return `${head} ${column} > ${before} AND (${column} > ${at} OR job_id > ${literal(from.job_id)}) ${order}`;
}

/** Runs by their ids, which Dremio finds without reading its whole history. */
export const historyOfRuns = (history: History, job_ids: readonly string[]): string =>
  `SELECT ${selected(history)} FROM ${history.table.name} WHERE ` +
  job_ids.map((id) => `job_id = ${literal(id)}`).join(' OR ');

/** No run is looked for that was handed in longer ago: the bound that Dremio finds without reading its whole history. */
const longest_run_ms = 24 * 3_600_000;

/** The runs that ended well after `ended_after_ms`, the longest first, with the server's time beside each. */
export function slowestRuns(history: History, ended_after_ms: number, limit: number): string {
  const { key, table } = history;
  const handed_in = `${quoted(key.column)} > ${keyLiteral(key, keyOf(key, ended_after_ms - longest_run_ms))}`;
  const last = endOf(history);
  const ended =
    last === undefined ? '' : ` AND ${quoted(last.column)} > ${keyLiteral(last, keyOf(last, ended_after_ms))}`;
  const is_countable = last !== undefined && last.kind === key.kind && key.kind !== 'text';
  const order = is_countable ? `${quoted(last.column)} - ${quoted(key.column)}` : quoted(key.column);
  return (
    `SELECT ${selected(history)}, CURRENT_TIMESTAMP AS server_now FROM ${table.name} ` +
    `WHERE ${handed_in} AND status = 'COMPLETED'${ended} ORDER BY ${order} DESC LIMIT ${limit}`
  );
}

/** The column of the time at which a run ended. */
function endOf(history: History): Key | undefined {
  const ends = time_endings.map((ending) => ({ column: `final_state${ending}`, kind: kind_of_ending[ending] }));
  return ends.find(({ column }) => history.columns.has(column));
}

const dremioTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

function keyOf(key: Key, ms: number): string {
  if (key.kind === 'text') return dremioTime(ms);
  return key.kind === 'nanos' ? `${ms}000000` : String(ms);
}

function keyBefore(key: Key, submitted_key: string): string {
  if (key.kind !== 'text') return String((wholeOf(submitted_key) ?? 1n) - 1n);
  return dremioTime((timeOf(submitted_key)?.getTime() ?? 1) - 1);
}

const keyLiteral = (key: Key, submitted_key: string): string =>
  key.kind === 'text' ? `TIMESTAMP ${literal(submitted_key)}` : String(wholeOf(submitted_key) ?? 0n);

/** Undefined: a row without an id or without a time of submission, which can be neither placed nor told apart. */
export function jobOf(history: History, fields: Fields): Job | undefined {
  const job_id = textOf(fields['job_id']);
  const submitted_ms = msOf(history.key.kind, fields[history.key.column]);
  if (job_id === '' || submitted_ms === undefined) return undefined;
  return {
    ...{ job_id, submitted_ms, fields, status: textOf(fields['status']).toUpperCase() },
    submitted_key: textOf(fields[history.key.column]),
    final_ms: phaseMs(fields, 'final_state'),
  };
}

/** When a phase began. Dremio writes 0 (1970) for phases that never did. */
export function phaseMs(fields: Fields, phase: string): number | undefined {
  for (const ending of time_endings) {
    const ms = msOf(kind_of_ending[ending], fields[`${phase}${ending}`]);
    if (ms !== undefined) return ms;
  }
  return undefined;
}

/** No server's clock is before this or past that: the bounds of what the store can keep as a time. */
const least_ms = Date.parse('2000-01-01T00:00:00Z');
const most_ms = Date.parse('2200-01-01T00:00:00Z');

function msOf(kind: KeyKind, value: unknown): number | undefined {
  const ms =
    kind === 'text' ? timeOf(value)?.getTime() : Number((wholeOf(value) ?? 0n) / (kind === 'nanos' ? 1_000_000n : 1n));
  return ms !== undefined && ms >= least_ms && ms <= most_ms ? ms : undefined;
}

/** The statement; a long one of Cloud comes in chunks. */
export function queryText(fields: Fields): string {
  const text = textOf(fields['query']);
  const chunks = namesOfChunks(fields['query_chunks']);
  if (chunks.length === 0) return text;
  const [first = ''] = chunks;
  const whole = first.startsWith(text.slice(0, 100)) ? chunks.join('') : [text, ...chunks].join('');
  return whole.slice(0, longest_text_characters);
}

const namesOfChunks = (value: unknown): readonly string[] => (Array.isArray(value) ? namesOf(value) : []);
