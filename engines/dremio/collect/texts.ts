import type { QueryRow, Template } from '@plumbline/contracts';
import { queryRow } from '../../shared/query-row.js';
import { textOf } from '../fields.js';
import { bearsMark } from '../../shared/own-mark.js';
import type { ServerFacts } from '../source.js';
import { longest_text_characters, queryText, type Job } from './history.js';
import type { Reading } from './reading.js';
import { unwrapped } from './unwrapped.js';

/** Hashes whose text was told and need not be again; a text told twice is only told twice. */
const most_hashes = 5_000;

/**
 * Whether a run is of a statement of ours: by its mark, and where something on the way took comments out, by our user
 * reading over REST nothing but what Dremio tells of itself. By the user alone it is not told: it may be shared.
 */
export function isOwn(job: Job, { user_name }: Pick<ServerFacts, 'user_name'>): boolean {
  const text = textOf(job.fields['query']);
  if (bearsMark(text)) return true;
  const is_our_user = textOf(job.fields['user_name']) === user_name && textOf(job.fields['query_type']) === 'REST';
  return is_our_user && readsOnlyDremioItself(text);
}

const of_dremio_itself = /^(?:sys\.|INFORMATION_SCHEMA\.|TABLE\s*\(\s*table_files\s*\()/i;

function readsOnlyDremioItself(text: string): boolean {
  const read = [...text.matchAll(/\b(?:FROM|JOIN)\s+(\S.{0,40})/gi)].map(([, source = '']) => source);
  return read.length > 0 && read.every((source) => of_dremio_itself.test(source));
}

export function templateOf(job: Job, reading: Reading): Template {
  const text = queryText(job.fields);
  return text.length >= longest_text_characters
    ? reading.tools.template(text, Buffer.byteLength(text))
    : reading.tools.template(unwrapped(text));
}

/** Rows for the templates not told before, and the memory of those told. */
export async function newTexts(
  templates: readonly Template[],
  told: readonly string[],
  reading: Reading,
): Promise<{ readonly queries: readonly Omit<QueryRow, 'batch_id'>[]; readonly hashes: readonly string[] }> {
  const hashes = new Set(told);
  const queries: Omit<QueryRow, 'batch_id'>[] = [];
  for (const template of templates) {
    const is_known = hashes.delete(template.query_hash);
    hashes.add(template.query_hash); // as the newest
    if (!is_known) queries.push(await queryRow(template, 'dremio', reading));
  }
  return { queries, hashes: [...hashes].slice(-most_hashes) };
}
