import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.js';
import { frame, payloadAt, scan, type FoundRecord } from './framing.js';

export interface Location {
  readonly segment: number;
  readonly offset: number;
  readonly size_bytes: number;
}

const file_pattern = /^segment-(\d{10})\.log$/;
const fileName = (segment: number): string => `segment-${String(segment).padStart(10, '0')}.log`;

/** An append-only log of framed records in numbered files; only the newest is written, only the oldest is removed. */
export class SegmentLog {
  /** Good bytes per segment, oldest first. */
  readonly #sizes = new Map<number, number>();
  #active: { readonly segment: number; readonly file: FileHandle } | undefined;
  /** A failed write may have left bytes behind the good ones; they are cut off before the next write. */
  #has_torn_tail = false;

  private constructor(
    readonly directory: string,
    readonly segment_bytes: number,
  ) {}

  /** Reads every record in order. A torn tail is cut off; damage elsewhere is logged with its size. */
  static async open(
    directory: string,
    segment_bytes: number,
    log: Log,
    onRecord: (payload: Buffer, location: Location) => void,
  ): Promise<SegmentLog> {
    const made = new SegmentLog(directory, segment_bytes);
    const numbers = (await readdir(directory)).flatMap((name) => file_pattern.exec(name)?.[1] ?? []).map(Number);
    for (const segment of numbers.sort((a, b) => a - b)) await made.#replay(segment, log, onRecord);
    const last = [...made.#sizes.keys()].at(-1);
    if (last === undefined) await made.#begin(1);
    else made.#active = { segment: last, file: await open(made.#path(last), 'r+') };
    made.#has_torn_tail = true; // whatever follows the last good record of an earlier run
    await made.#cutTornTail();
    return made;
  }

  get size_bytes(): number {
    let sum = 0;
    for (const size of this.#sizes.values()) sum += size;
    return sum;
  }

  get oldest(): number {
    return this.#sizes.keys().next().value ?? this.#writer.segment;
  }

  get active(): number {
    return this.#writer.segment;
  }

  sizeOf(segment: number): number {
    return this.#sizes.get(segment) ?? 0;
  }

  /** Durable when it resolves, unless `is_durable` is false. After a failure nothing of it is left in the log. */
  async append(payload: Buffer, is_durable = true): Promise<Location> {
    if (this.#has_torn_tail) await this.#cutTornTail();
    if (this.sizeOf(this.active) >= this.segment_bytes) await this.roll();
    const { segment, file } = this.#writer;
    const offset = this.sizeOf(segment);
    const bytes = frame(payload);
    try {
      await writeWhole(file, bytes, offset);
      if (is_durable) await file.datasync();
    } catch (error) {
      this.#has_torn_tail = true;
      await this.#cutTornTail().catch(() => undefined); // tried again before the next write
      throw error;
    }
    this.#sizes.set(segment, offset + bytes.length);
    return { segment, offset, size_bytes: bytes.length };
  }

  async roll(): Promise<void> {
    const before = this.#writer.file;
    await before.datasync();
    await this.#begin(this.active + 1);
    await before.close();
  }

  async read({ segment, offset, size_bytes }: Location): Promise<Buffer> {
    const file = segment === this.active ? this.#writer.file : await open(this.#path(segment), 'r');
    try {
      const bytes = Buffer.alloc(size_bytes);
      await file.read(bytes, 0, size_bytes, offset);
      const payload = payloadAt(bytes, 0);
      if (payload === undefined) throw new Error(`the outbox's ${fileName(segment)} is damaged at byte ${offset}`);
      return payload;
    } finally {
      if (file !== this.#active?.file) await file.close();
    }
  }

  async removeOldest(): Promise<void> {
    const segment = this.oldest;
    if (segment === this.active) throw new Error('the segment being written is never removed');
    await rm(this.#path(segment), { force: true });
    this.#sizes.delete(segment);
  }

  async close(): Promise<void> {
    const active = this.#active;
    this.#active = undefined;
    await active?.file.datasync();
    await active?.file.close();
  }

  get #writer(): { readonly segment: number; readonly file: FileHandle } {
    if (this.#active === undefined) throw new Error('the outbox is closed');
    return this.#active;
  }

  #path(segment: number): string {
    return join(this.directory, fileName(segment));
  }

  async #replay(segment: number, log: Log, onRecord: (payload: Buffer, location: Location) => void): Promise<void> {
    const file = await open(this.#path(segment), 'r');
    const bytes = await file.readFile().finally(() => file.close());
    const found = scan(bytes);
    if (found.damaged_bytes > 0) {
      log('error', 'The outbox holds damaged bytes: a batch or a counter state was lost to the disk', {
        file: fileName(segment),
        damaged_bytes: found.damaged_bytes,
      });
    }
    this.#sizes.set(segment, found.good_bytes);
    for (const record of found.records) onRecord(record.payload, locationOf(segment, record));
  }

  async #begin(segment: number): Promise<void> {
    const file = await open(this.#path(segment), 'wx+');
    this.#active = { segment, file };
    this.#sizes.set(segment, 0);
    await syncDirectory(this.directory);
  }

  async #cutTornTail(): Promise<void> {
    const { segment, file } = this.#writer;
    await file.truncate(this.sizeOf(segment));
    await file.datasync();
    this.#has_torn_tail = false;
  }
}

const locationOf = (segment: number, { offset, size_bytes }: FoundRecord): Location => ({
  segment,
  offset,
  size_bytes,
});

/** One write may be cut short without an error when the disk fills up: the next one then tells why. */
async function writeWhole(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, at + written);
    written += bytesWritten;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}
