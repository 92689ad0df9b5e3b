import type { Place } from '../bus/bus.js';
import { utc } from '@plumbline/contracts';
import type { StoreWriter } from './store-writer.js';

/** A group of batches that is about to be inserted, or was when its sink died. */
export interface Intent {
  readonly number: number;
  readonly group_id: string;
  readonly first_offset: number;
  readonly last_offset: number;
  /** In the order of the insert: a repeat must send the same rows in the same order. */
  readonly batch_ids: readonly string[];
}

/** Another sink has written the lane's next number: what this one believes of the lane is out of date. */
export class LaneTaken extends Error {}

interface IntentRow {
  readonly number: string;
  readonly group_id: string;
  readonly first_offset: string;
  readonly last_offset: string;
  readonly batch_ids: readonly string[];
  readonly sink_id: string;
}

/** The tables `sink_intents` and `stored_batches`: what was begun and what is through. */
export class Ledger {
  constructor(
    readonly writer: StoreWriter,
    readonly sink_id: string,
  ) {}

  /** Of two rows with one number the older counts; the younger's writer has seen both and given way. */
  async lastIntent(lane: string): Promise<Intent | undefined> {
    const [row] = await this.writer.query<IntentRow>(
      `SELECT number, group_id, first_offset, last_offset, batch_ids, sink_id FROM sink_intents
       WHERE lane = {lane:String} ORDER BY number DESC, written_at LIMIT 1`,
      { lane },
    );
    if (row === undefined) return undefined;
    const { group_id, batch_ids } = row;
    const [number, first_offset, last_offset] = [row.number, row.first_offset, row.last_offset].map(Number) as [
      number,
      number,
      number,
    ];
    return { number, group_id, first_offset, last_offset, batch_ids };
  }

  /** Which of these messages are through. */
  async stored(batch_ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (batch_ids.length === 0) return new Set();
    const rows = await this.writer.query<{ batch_id: string }>(
      'SELECT DISTINCT batch_id FROM stored_batches WHERE batch_id IN {batch_ids:Array(String)}',
      { batch_ids },
    );
    return new Set(rows.map(({ batch_id }) => batch_id));
  }

  /** Throws `LaneTaken` when the number is another's. */
  async begin(lane: string, intent: Intent): Promise<void> {
    const { number, group_id, first_offset, last_offset, batch_ids } = intent;
    const row = { lane, number, group_id, first_offset, last_offset, batch_ids, sink_id: this.sink_id };
    await this.writer.insertOwn('sink_intents', [{ ...row, written_at: utc(new Date()) }], `${lane}:${number}`);
    await this.confirm(lane, intent);
  }

  /** Throws `LaneTaken` when anybody else has written this number or a later one. */
  async confirm(lane: string, { number, group_id }: Intent): Promise<void> {
    const rows = await this.writer.query<Pick<IntentRow, 'number' | 'group_id' | 'sink_id'>>(
      'SELECT number, group_id, sink_id FROM sink_intents WHERE lane = {lane:String} AND number >= {number:UInt64}',
      { lane, number },
    );
    const [mine, ...others] = rows;
    if (mine?.group_id === group_id && others.length === 0) return;
    throw new LaneTaken(`${lane}: group ${number} was begun by another sink`);
  }

  /** These messages are through: no redelivery of them counts any more. */
  async finish(
    group_id: string,
    batches: readonly { readonly batch_id: string; readonly place: Place }[],
  ): Promise<void> {
    const stored_at = utc(new Date());
    const rows = batches.map(({ batch_id, place }) => ({
      batch_id,
      lane: place.lane,
      message_offset: place.offset,
      stored_at,
    }));
    await this.writer.insertOwn('stored_batches', rows, `${group_id}:stored`);
  }
}
