import { createHash } from 'node:crypto';
import { batch_schema_version, type Batch } from '@plumbline/contracts';
import { openEnvelope, partProblem } from './envelope.js';

/** A row of `dead_letters`, as far as a replay needs it. */
export interface BuriedLetter {
  readonly received_at: string;
  readonly instance_id: string;
  readonly aspect: string;
  readonly batch_id: string;
  /** '' when the letter is a whole message. */
  readonly target_table: string;
  readonly raw: string;
  readonly encoding: string;
}

export const letterBytes = ({ raw, encoding }: Pick<BuriedLetter, 'raw' | 'encoding'>): Buffer =>
  Buffer.from(raw, encoding === 'base64' ? 'base64' : 'utf8');

/**
 * The letter as a batch that can be published: from its own bytes, or from repaired ones. It gets an id of its own,
 * made of the content, because the old one counts as dealt with; the same content replayed twice is counted once.
 * Throws `Error` that says what is still wrong with the content.
 */
export function replayBatch(letter: BuriedLetter, content: Buffer): Batch {
  const text = content.toString('utf8').trimEnd();
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const batch = letter.target_table === '' ? wholeMessage(text) : partOf(letter, text);
  for (const part of batch.tables) {
    const problem = partProblem(part) || rowProblem(part.ndjson);
    if (problem !== '') throw new Error(`${part.table}: ${problem}`);
  }
  return { ...batch, batch_id: `${batch.batch_id.slice(0, 250)}!${mark}` };
}

function wholeMessage(text: string): Batch {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new Error('the content is not JSON: repair it and replay it with --with');
  }
  const { batch, reason } = openEnvelope(message);
  if (batch === undefined) throw new Error(reason);
  return batch;
}

function partOf({ received_at, instance_id, aspect, batch_id, target_table }: BuriedLetter, ndjson: string): Batch {
  const window = { window_start: received_at, window_end: received_at };
  const tables = [{ table: target_table, row_count: ndjson.split('\n').length, ndjson }];
  return { schema_version: batch_schema_version, batch_id, instance_id, aspect, ...window, tables };
}

function rowProblem(ndjson: string): string {
  const wrong = ndjson.split('\n').findIndex((line) => !isJson(line));
  return wrong === -1 ? '' : `line ${wrong + 1} is not JSON`;
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
