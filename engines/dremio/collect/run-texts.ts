import { utc, type QueryRow, type Template } from '@plumbline/contracts';
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
    if (!is_known) queries.push(await queryRow(template, reading));
  }
  return { queries, hashes: [...hashes].slice(-most_hashes) };
}

async function queryRow(template: Template, reading: Reading): Promise<Omit<QueryRow, 'batch_id'>> {
  const features = await reading.tools.features(template);
  return {
    ...{ instance_id: reading.instance_id, query_hash: template.query_hash, dialect: 'dremio' },
    ...{ statement_class: template.statement_class, template: template.template, hints: template.hints },
    ...{ is_truncated: template.is_truncated ? 1 : 0, normalizer_version: template.normalizer_version },
    ...{ feature_source: features.feature_source, features: JSON.stringify(features) },
    observed_at: utc(reading.tools.clock.now()),
  };
}
