import { crc32 } from 'node:zlib';

/**
 * A record on disk: mark, length, checksum, payload. A write cut off by a crash fails the length or the checksum and is
 * no record; the mark lets reading go on behind damaged bytes, so that one bad sector costs one record.
 */
const mark = Buffer.from('PLB1');
const frame_bytes = mark.length + 8;
const smallest_payload_bytes = 4;

export function frame(payload: Buffer): Buffer {
  const head = Buffer.alloc(frame_bytes);
  mark.copy(head);
  head.writeUInt32LE(payload.length, mark.length);
  head.writeUInt32LE(crc32(payload), mark.length + 4);
  return Buffer.concat([head, payload]);
}

/** The payload of the whole, undamaged record at `offset`; undefined when there is none. */
export function payloadAt(bytes: Buffer, offset: number): Buffer | undefined {
  if (offset + frame_bytes > bytes.length || bytes.compare(mark, 0, mark.length, offset, offset + mark.length) !== 0) {
    return undefined;
  }
  const length = bytes.readUInt32LE(offset + mark.length);
  const start = offset + frame_bytes;
  if (length < smallest_payload_bytes || start + length > bytes.length) return undefined;
  const payload = bytes.subarray(start, start + length);
  return crc32(payload) === bytes.readUInt32LE(offset + mark.length + 4) ? payload : undefined;
}

export interface FoundRecord {
  readonly offset: number;
  readonly size_bytes: number;
  readonly payload: Buffer;
}

export interface Scan {
  readonly records: readonly FoundRecord[];
  /** End of the last good record: what follows is a torn write. */
  readonly good_bytes: number;
  /** Bytes between good records that are none: damage, not a torn write. */
  readonly damaged_bytes: number;
}

export function scan(bytes: Buffer): Scan {
  const records: FoundRecord[] = [];
  let good_bytes = 0;
  let damaged_bytes = 0;
  let offset = 0;
  while (offset < bytes.length) {
    const payload = payloadAt(bytes, offset);
    if (payload === undefined) {
      const next = bytes.indexOf(mark, offset + 1);
      if (next === -1) break;
      offset = next;
      continue;
    }
    damaged_bytes += offset - good_bytes;
    const size_bytes = frame_bytes + payload.length;
    records.push({ offset, size_bytes, payload });
    offset += size_bytes;
    good_bytes = offset;
  }
  return { records, good_bytes, damaged_bytes };
}
