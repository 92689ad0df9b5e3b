import type { QueryRow, Template } from '@plumbline/contracts';
import { queryRow } from '../../shared/query-row.js';
import { isCut, rawSpelling } from '../digest-text.js';
import type { RawStatement } from '../normalize.js';
import { isOwn } from '../own-statements.js';
import type { Query } from '../source.js';
import type { Reading } from './reading.js';
import { keyOf, readTexts } from './statements-read.js';
import { own_statement, type KnownText } from './statements-state.js';

/** What reading texts taught: each entry's query_hash (or `own`), and the rows of hashes not seen before. */
export interface Learned {
  readonly texts: ReadonlyMap<string, KnownText>;
  readonly queries: readonly Omit<QueryRow, 'batch_id'>[];
}

/** The texts of digests that did something and are not known yet: read once, and only these. */
export async function learnTexts(
  query: Query,
  waiting: readonly RawStatement[],
  reading: Reading,
  known_hashes: Set<string>,
): Promise<Learned> {
  const digest_texts = await readTexts(query, [...new Set(waiting.map(({ digest }) => digest))]);
  const texts = new Map<string, KnownText>();
  const queries: Omit<QueryRow, 'batch_id'>[] = [];
  for (const raw of waiting) {
    const digest_text = digest_texts.get(keyOf(raw));
    if (digest_text === undefined) continue;
    const template = templateOf(digest_text, reading);
    const is_own = isOwn(template.template);
    texts.set(keyOf(raw), is_own ? own_statement : template.query_hash);
    if (is_own || known_hashes.has(template.query_hash)) continue;
    known_hashes.add(template.query_hash);
    queries.push(await queryRow(template, 'mysql', reading));
  }
  return { texts, queries };
}

/** A cut text is said to be whole up to its own length, so that the template is marked as cut. */
export function templateOf(digest_text: string, { tools, source }: Pick<Reading, 'tools' | 'source'>): Template {
  const text = rawSpelling(digest_text);
  const is_cut = isCut(digest_text, source.facts.longest_digest_bytes);
  return is_cut ? tools.template(text, Buffer.byteLength(text)) : tools.template(text);
}
