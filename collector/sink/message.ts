import { createHash } from 'node:crypto';
import { batch_schema_version, type Batch } from '@plumbline/contracts';
import type { Arrival } from '../bus/bus.js';
import { openEnvelope } from './envelope.js';
import type { DeadLetter } from './dead-letters.js';

/** What arrived, opened: a batch, or a letter for the dead. `id` is what the ledger knows it by. */
export type Message =
  { readonly id: string; readonly batch: Batch } | { readonly id: string; readonly letter: DeadLetter };

export function openMessage({ content, place, refusal }: Arrival): Message {
  const raw = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content) ?? String(content));
  const unreadable = (reason: string, parsed: unknown): Message => {
    const letter = { ...named(parsed), target_table: '', reason, raw, place };
    return { id: `unreadable:${createHash('sha256').update(raw).digest('hex')}`, letter };
  };
  if (refusal !== undefined) return unreadable(refusal, undefined);
  const parsed = Buffer.isBuffer(content) ? parse(content) : { value: content };
  if (parsed.reason !== undefined) return unreadable(parsed.reason, undefined);
  const stranger = schemaProblem(parsed.value);
  if (stranger !== '') return unreadable(stranger, parsed.value);
  const { batch, reason } = openEnvelope(parsed.value);
  return batch === undefined ? unreadable(reason, parsed.value) : { id: batch.batch_id, batch };
}

type Parsed =
  { readonly value: unknown; readonly reason?: undefined } | { readonly value?: undefined; readonly reason: string };

function parse(bytes: Buffer): Parsed {
  try {
    return { value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return { reason: `not a batch: ${bytes.byteLength} bytes that are not JSON` };
  }
}

function schemaProblem(value: unknown): string {
  const version = (value as { schema_version?: unknown } | null)?.schema_version;
  if (typeof version !== 'number' || version === batch_schema_version) return '';
  const known = `this sink knows ${batch_schema_version}`;
  if (version < batch_schema_version) return `schema version ${version} is no longer read; ${known}`;
  return `schema version ${version} is newer; ${known}. Upgrade the sinks, then replay this letter`;
}

/** What can be told of a message that is no batch. */
function named(message: unknown): Pick<DeadLetter, 'instance_id' | 'aspect' | 'batch_id'> {
  const given = (typeof message === 'object' ? message : null) as Record<string, unknown> | null;
  const text = (field: string): string => (typeof given?.[field] === 'string' ? given[field] : '');
  return { instance_id: text('instance_id'), aspect: text('aspect'), batch_id: text('batch_id') };
}
