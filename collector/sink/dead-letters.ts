import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { utc } from '@plumbline/contracts';
import type { Bus, Place } from '../bus/bus.js';
import type { Log } from '../log.js';
import { messageOf } from '../message-of.js';
import type { StoreWriter } from './store-writer.js';

/** What cannot be stored, why, and where it came from. */
export interface DeadLetter {
  readonly instance_id: string;
  readonly aspect: string;
  readonly batch_id: string;
  /** '' when the whole message is the letter. */
  readonly target_table: string;
  readonly reason: string;
  readonly raw: Buffer;
  readonly place?: Place | undefined;
}

/** Puts letters into the table `dead_letters`, and a copy on the bus if it keeps any. */
export class DeadLetters {
  count = 0;

  constructor(
    readonly writer: StoreWriter,
    readonly bus: Pick<Bus, 'setAside'>,
    readonly log: Log,
  ) {}

  async bury(letter: DeadLetter): Promise<void> {
    const { raw, place, ...fields } = letter;
    const letter_id = letterId(letter);
    const is_text = isUtf8(raw);
    const row = {
      received_at: utc(new Date()),
      ...fields,
      raw: raw.toString(is_text ? 'utf8' : 'base64'),
      encoding: is_text ? 'text' : 'base64',
      letter_id,
      lane: place?.lane ?? '',
      message_offset: place?.offset ?? -1,
    };
    await this.writer.insertOwn('dead_letters', [row], `dead:${letter_id}`);
    if (place !== undefined) await this.#copy(letter, place);
    this.count += 1;
    this.log('error', 'Rows were put aside as a dead letter', { ...fields, letter_id });
  }

  /** The table has it: that the copy failed is told, and holds nothing up. */
  async #copy({ raw: bytes, reason }: DeadLetter, place: Place): Promise<void> {
    try {
      await this.bus.setAside?.({ bytes, reason, place });
    } catch (error) {
      this.log('warn', 'A dead letter could not be copied to its topic', { ...place, error: messageOf(error) });
    }
  }
}

/** The same content from the same place is the same letter. */
export function letterId({ batch_id, target_table, raw, place }: DeadLetter): string {
  const hash = createHash('sha256').update(`${batch_id}\n${target_table}\n${place?.lane ?? ''}\n`);
  return hash.update(raw).digest('hex').slice(0, 16);
}
