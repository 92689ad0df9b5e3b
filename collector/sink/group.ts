import { createHash } from 'node:crypto';
import type { Place } from '../bus/bus.js';
import type { Intent } from './ledger.js';
import type { Message } from './message.js';

export type Placed = Message & { readonly place: Place };
export type PlacedBatch = Extract<Placed, { readonly batch: unknown }>;

/** One insert per table is made of so many rows or bytes at most; small enough to be one block of the engine. */
export const group_bounds = { rows: 20_000, bytes: 24 * 2 ** 20 };

/** What to do with messages of a lane, seen from its front. */
export interface Plan {
  /** In the order of the insert. Empty: all that are counted in `through` are known already. */
  readonly members: readonly Placed[];
  /** So many from the front are through once the members are stored. */
  readonly through: number;
}

const rowsOf = (message: Message): number =>
  'batch' in message ? message.batch.tables.reduce((rows, { row_count }) => rows + row_count, 0) : 1;
const bytesOf = (message: Message): number =>
  'batch' in message
    ? message.batch.tables.reduce((bytes, { ndjson }) => bytes + ndjson.length, message.batch.reader?.state.length ?? 0)
    : 0;
const isFence = (message: Message): boolean => 'batch' in message && message.batch.fence !== undefined;

/**
 * The messages from the front that are not known, each once, within the bounds (one message is always within). A fence is
 * a group of its own: what came before it is stored before, what comes after it afterwards.
 */
export function planGroup(messages: readonly Placed[], known: ReadonlySet<string>, bounds = group_bounds): Plan {
  const members = new Map<string, Placed>();
  let rows = 0;
  let bytes = 0;
  let through = 0;
  for (const message of messages) {
    if (!known.has(message.id) && !members.has(message.id)) {
      rows += rowsOf(message);
      bytes += bytesOf(message);
      if (members.size > 0 && (isFence(message) || rows > bounds.rows || bytes > bounds.bytes)) break;
      members.set(message.id, message);
      if (isFence(message)) return { members: [message], through: through + 1 };
    }
    through += 1;
  }
  return { members: [...members.values()], through };
}

/**
 * How to finish a group whose sink died: with the very same batches. 'more' when some have yet to come; 'void' when
 * they cannot come any more, because the lane's log is not the one that the dead sink read.
 */
export function planRepeat(
  messages: readonly Placed[],
  known: ReadonlySet<string>,
  { batch_ids, last_offset }: Intent,
): Plan | 'more' | 'void' {
  const wanted = new Set(batch_ids);
  const found = new Map<string, Placed>();
  let through = 0;
  for (const message of messages) {
    if (wanted.has(message.id)) found.set(message.id, found.get(message.id) ?? message);
    else if (!known.has(message.id)) return 'void';
    through += 1;
    if (found.size === wanted.size) return { members: batch_ids.flatMap((id) => found.get(id) ?? []), through };
  }
  const last = messages.at(-1);
  return last !== undefined && last.place.offset >= last_offset ? 'void' : 'more';
}

export const groupId = (batch_ids: readonly string[]): string =>
  createHash('sha256').update(batch_ids.join('\n')).digest('hex').slice(0, 32);
