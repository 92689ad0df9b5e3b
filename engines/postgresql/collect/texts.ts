import type { AspectOutcome, QueryRow } from '@plumbline/contracts';
import { queryRow } from '../../shared/query-row.js';
import type { RawStatement } from '../normalize.js';
import type { PostgresqlOptions } from '../options.js';
import { bearsMark } from '../../shared/own-mark.js';
import type { Reading } from './reading.js';
import type { Extension } from './statements-read.js';
import { longest_text_characters, readTexts } from './texts-read.js';
import { own_statement, type KnownText, type StatementsState } from './statements-state.js';

/** What reading texts taught: each entry's query_hash (or `own`), and the rows of hashes not seen before. */
export interface Learned {
  readonly texts: ReadonlyMap<string, KnownText>;
  readonly queries: readonly Omit<QueryRow, 'batch_id'>[];
  readonly cost_ms: number;
  readonly hindrance: AspectOutcome | undefined;
  /** Texts learned now that have bytes which are not UTF-8. */
  readonly damaged: number;
}

/** Reading texts reads a whole file on the source's disk: at once the first time, then rarely if it costs much. */
export function mayReadTexts(before: StatementsState | undefined, now: Date, options: PostgresqlOptions): boolean {
  if (before === undefined) return false;
  if (before.texts_at === '') return true;
  const rest_ms = Math.min(options.text_interval_s * 1000, options.text_rest_ratio * before.texts_cost_ms);
  return now.getTime() - Date.parse(before.texts_at) >= rest_ms;
}

/** Undefined when nothing is waiting: the right to ask is kept for when something is. */
export async function learnTexts(
  extension: Extension,
  waiting: readonly { readonly key: string; readonly raw: RawStatement }[],
  reading: Reading,
  known_hashes: Set<string>,
): Promise<Learned | undefined> {
  if (waiting.length === 0) return undefined;
  const ids = [...new Set(waiting.map(({ raw }) => raw.queryid ?? ''))];
  const { rows, hindrance, cost_ms } = await readTexts(reading.source, 'fast', extension, ids);
  const by_id = new Map(rows.map((row) => [`${row.dbid}.${row.userid}.${row.queryid}`, row]));
  const texts = new Map<string, KnownText>();
  const queries: Omit<QueryRow, 'batch_id'>[] = [];
  for (const { key, raw } of waiting) {
    const row = by_id.get(`${raw.dbid}.${raw.userid}.${raw.queryid ?? ''}`);
    if (row?.text === null || row === undefined) continue;
    if (bearsMark(row.text)) {
      texts.set(key, own_statement);
      continue;
    }
    const template = row.is_cut
      ? reading.tools.template(row.text, Math.min(longest_text_characters, Buffer.byteLength(row.text)))
      : reading.tools.template(row.text);
    texts.set(key, template.query_hash);
    if (known_hashes.has(template.query_hash)) continue;
    known_hashes.add(template.query_hash);
    queries.push(await queryRow(template, 'postgresql', reading));
  }
  const damaged = rows.filter(({ is_damaged }) => is_damaged).length;
  return { texts, queries, cost_ms: Math.max(1, Math.round(cost_ms)), hindrance, damaged };
}
