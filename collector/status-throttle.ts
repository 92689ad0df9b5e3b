import type { AspectStatusRow } from '@plumbline/contracts';

/** A little under a minute, so that an aspect read once a minute writes a row each time. */
const longest_silence_ms = 55_000;

/**
 * A status row is written when state, message or fix changed and at least once a minute. In between the dearest
 * reading is remembered, so that the row shows what the minute cost at worst.
 */
export class StatusThrottle {
  #written: AspectStatusRow | undefined;
  #written_ms = 0;
  #dearest: AspectStatusRow | undefined;

  /** The row to write now; undefined when it can wait. Call `wrote` once it is in the outbox. */
  due(row: AspectStatusRow, now_ms: number): AspectStatusRow | undefined {
    this.#dearest = dearer(this.#dearest, row);
    const before = this.#written;
    const has_changed =
      before === undefined || before.state !== row.state || before.message !== row.message || before.fix !== row.fix;
    if (!has_changed && now_ms - this.#written_ms < longest_silence_ms) return undefined;
    return { ...row, elapsed_ms: this.#dearest.elapsed_ms, rows_read: this.#dearest.rows_read };
  }

  wrote(row: AspectStatusRow, now_ms: number): void {
    this.#written = row;
    this.#written_ms = now_ms;
    this.#dearest = undefined;
  }
}

const dearer = (a: AspectStatusRow | undefined, b: AspectStatusRow): AspectStatusRow =>
  a !== undefined && a.elapsed_ms > b.elapsed_ms ? a : b;
