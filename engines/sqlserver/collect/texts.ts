import type { QueryRow } from '@plumbline/contracts';
import { queryRow } from '../../shared/query-row.js';
import { marker } from '../statement.js';
import type { Reading } from './reading.js';

/** A longer text is cut: it would only fill memory. */
export const longest_text_characters = 200_000;
export const own_statement = 'own';
/** The module is encrypted or the text restricted: the server never tells it. */
export const hidden_text = 'hidden';

/** A query_hash, `own` or `hidden`. */
export type KnownText = string;

export const isHash = (known: KnownText): boolean => known !== own_statement && known !== hidden_text;

export interface StatementText {
  readonly key: string;
  /** null where the server does not tell it. */
  readonly text: string | null;
  readonly is_cut: boolean;
}

export interface Learned {
  readonly texts: ReadonlyMap<string, KnownText>;
  readonly queries: readonly Omit<QueryRow, 'batch_id'>[];
}

/** Each text as its hash; and a row for every hash that is not in `known_hashes`, which grows by it. */
export async function learn(
  read: readonly StatementText[],
  reading: Reading,
  known_hashes: Set<string>,
): Promise<Learned> {
  const texts = new Map<string, KnownText>();
  const queries: Omit<QueryRow, 'batch_id'>[] = [];
  for (const { key, text, is_cut } of read) {
    if (text === null || text.includes(marker)) {
      texts.set(key, text === null ? hidden_text : own_statement);
      continue;
    }
    const template = is_cut
      ? reading.tools.template(text, Math.min(longest_text_characters, Buffer.byteLength(text)))
      : reading.tools.template(text);
    texts.set(key, template.query_hash);
    if (known_hashes.has(template.query_hash)) continue;
    known_hashes.add(template.query_hash);
    queries.push(await queryRow(template, 'sqlserver', reading));
  }
  return { texts, queries };
}
