import { chunks, idList, ids_at_once } from '../parameter-lists.js';
import type { Query } from '../source.js';
import { statement } from '../statement.js';
import type { Database } from './databases.js';
import type { Reading } from './reading.js';
import {
  hidden_text,
  learn,
  longest_text_characters,
  type KnownText,
  type Learned,
  type StatementText,
} from './texts.js';

/** What names a statement's text in one Query Store: after a CLEAR ids begin again, so the hash stands beside. */
export interface StoredText {
  readonly native_id: string;
  readonly text_id: string;
}

/** `[database, native hash, text id]` as JSON → query_hash, own or hidden. The newest last. */
export type KnownTexts = Map<string, KnownText>;

const keyOf = ({ name }: Database, { native_id, text_id }: StoredText): string =>
  JSON.stringify([name, native_id, text_id]);

/** What is known of the text; hidden when it was cleaned up before it could be read. */
export const knownText = (texts: ReadonlyMap<string, KnownText>, database: Database, stored: StoredText): KnownText =>
  texts.get(keyOf(database, stored)) ?? hidden_text;

/** Reads the texts that are not known yet and adds them to `texts`. @returns rows of hashes not in `known_hashes` */
export async function learnStoreTexts(
  query: Query,
  database: Database,
  wanted: readonly StoredText[],
  texts: KnownTexts,
  reading: Reading,
  known_hashes: Set<string>,
): Promise<Learned['queries']> {
  const unknown = wanted.filter((stored) => !texts.has(keyOf(database, stored)));
  const keys = new Map(unknown.map((stored) => [stored.text_id, keyOf(database, stored)]));
  const read = await readTexts(query, database, [...keys.keys()]);
  const named = read.map((text) => ({ ...text, key: keys.get(text.text_id) ?? '' }));
  const learned = await learn(named, reading, known_hashes);
  for (const [key, known] of learned.texts) texts.set(key, known);
  return learned.queries;
}

/** The texts of these statements, by their ids. */
async function readTexts(
  query: Query,
  database: Database,
  ids: readonly string[],
): Promise<(Omit<StatementText, 'key'> & { readonly text_id: string })[]> {
  const texts: (Omit<StatementText, 'key'> & { readonly text_id: string })[] = [];
  for (const chunk of chunks(ids, ids_at_once)) {
    const list = idList(chunk);
    const sql = statement('query-store-texts.sql').replace('{{ids}}', () => list.text);
    const longest = { type: 'int', value: longest_text_characters } as const;
    for (const row of await query(sql, { ...list.parameters, longest }, database.name)) {
      const size_bytes = row.wholeOrNull('size_bytes');
      texts.push({
        text_id: row.whole('query_text_id').toString(),
        text: size_bytes === null ? null : row.text('text'),
        is_cut: (size_bytes ?? 0n) > BigInt(2 * longest_text_characters),
      });
    }
  }
  return texts;
}
