import type { QueryRow, Template } from '@plumbline/contracts';
import { bearsMark } from '../../shared/own-mark.js';
import { queryRow } from '../../shared/query-row.js';
import { ids_per_query, idBinds } from '../fitted.js';
import { key, place, shaped, text } from '../fields.js';
import type { Query } from '../source.js';
import { awrDbid } from './snapshots.js';
import type { Reading } from './reading.js';

/** What a statement's SQL_ID means: its query_hash, or that it is ours, or that nobody kept its text. */
export type KnownText = string;
export const own_statement = 'own';
/** Told under a hash of its own, and asked for again whenever it is seen. */
export const lost_text = 'lost';

/** A text longer than this is cut: it would only fill memory. */
const longest_text_characters = 200_000;

const text_shape = { sql_id: key, sql_text: text };
const piece_shape = { ...text_shape, piece: place };

/** Texts by SQL_ID. A text that the server no longer has is simply not there. */
export async function readTexts(query: Query, reading: Reading, ids: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const ask = async (file: string, binds: Record<string, string>): Promise<void> => {
    for (const some of chunksOf(ids.filter((id) => !texts.has(id)))) {
      const { rows } = shaped(await query(file, { ...binds, ...idBinds(some) }), text_shape);
      for (const { sql_id, sql_text } of rows) if (sql_text !== '') texts.set(sql_id, sql_text);
    }
  };
  if (reading.history === 'awr') await ask('awr-texts.sql', { dbid: awrDbid(reading) });
  if (reading.history === 'statspack') await readPieces(query, ids, texts);
  // A text whose flush failed may still be in the cursor cache, which needs no licence.
  if (reading.source.dictionary.canRead('GV$SQLSTATS')) await ask('cursor-texts.sql', {});
  return texts;
}

async function readPieces(query: Query, ids: readonly string[], texts: Map<string, string>): Promise<void> {
  for (const some of chunksOf(ids)) {
    const { rows } = shaped(await query('statspack-texts.sql', idBinds(some)), piece_shape);
    const pieces = new Map<string, Map<number, string>>();
    for (const row of rows) {
      const of_one = pieces.get(row.sql_id) ?? new Map<number, string>();
      pieces.set(row.sql_id, of_one.set(row.piece, row.sql_text));
    }
    for (const [sql_id, of_one] of pieces) {
      texts.set(
        sql_id,
        [...of_one]
          .sort(([a], [b]) => a - b)
          .map(([, piece]) => piece)
          .join(''),
      );
    }
  }
}

const chunksOf = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / ids_per_query) }, (_, place) =>
    ids.slice(place * ids_per_query, (place + 1) * ids_per_query),
  );

/** Hashes of texts, without rows: for an aspect that only names statements. */
export function hashOfText(sql: string, reading: Reading): KnownText {
  return bearsMark(sql) ? own_statement : templateOf(sql, reading).query_hash;
}

function templateOf(sql: string, reading: Reading) {
  if (sql.length <= longest_text_characters) return reading.tools.template(sql);
  const cut = sql.slice(0, longest_text_characters);
  return reading.tools.template(cut, cut.length);
}

/** A statement that nobody kept the text of still has a name: its SQL_ID, quoted, so that it is no literal. */
export const lostTemplate = (sql_id: string, reading: Reading) =>
  reading.tools.template(`text not kept of "${sql_id.replaceAll('"', '')}"`);

export interface Learned {
  readonly texts: ReadonlyMap<string, KnownText>;
  readonly queries: readonly Omit<QueryRow, 'batch_id'>[];
  /** Statements whose text no view has. */
  readonly lost: number;
}

/** @param known_hashes grows by the hashes that are told now, so that each is told once */
export async function learnTexts(
  query: Query,
  reading: Reading,
  ids: readonly string[],
  known_hashes: Set<string>,
): Promise<Learned> {
  const read = ids.length === 0 ? new Map<string, string>() : await readTexts(query, reading, ids);
  const texts = new Map<string, KnownText>();
  const unknown: { readonly template: Template; readonly is_lost: boolean }[] = [];
  for (const id of ids) {
    const sql = read.get(id);
    if (sql !== undefined && bearsMark(sql)) {
      texts.set(id, own_statement);
      continue;
    }
    const template = sql === undefined ? lostTemplate(id, reading) : templateOf(sql, reading);
    texts.set(id, sql === undefined ? lost_text : template.query_hash);
    if (known_hashes.has(template.query_hash)) continue;
    known_hashes.add(template.query_hash);
    unknown.push({ template, is_lost: sql === undefined });
  }
  // All at once: the extractor parses them in batches, beside this thread.
  const queries = await Promise.all(
    unknown.map(async ({ template, is_lost }) => {
      const row = await queryRow(template, 'oracle', reading);
      return is_lost ? { ...row, is_truncated: 1 as const } : row;
    }),
  );
  return { texts, queries, lost: ids.length - read.size };
}
