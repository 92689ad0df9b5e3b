import type { QueryRow, Template } from '@plumbline/contracts';
import { queryRow } from '../../shared/query-row.js';
import { textOf } from '../fields.js';
import { marker } from '../source.js';
import { longest_text_characters, queryText, type Job } from './history.js';
import type { Reading } from './reading.js';
import { unwrapped } from './unwrapped.js';

/** Hashes whose text was told and need not be again; a text told twice is only told twice. */
const most_hashes = 5_000;

export const isOwn = (job: Job): boolean => textOf(job.fields['query']).trimStart().startsWith(marker);

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
