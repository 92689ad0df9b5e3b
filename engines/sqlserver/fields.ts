import { SourceError } from '@plumbline/contracts';
import type { DriverRow } from './driver.js';

const longest_count = 1n << 64n;

/** A value that is not what the view's documentation says. Names the column, never the value. */
export class UnreadableError extends SourceError {
  constructor(column: string, expected: string, value: unknown) {
    super('broken', `column ${column} holds ${kindOf(value)} instead of ${expected}`, 'Report it with the version');
    this.name = 'UnreadableError';
  }
}

/** One row, read by column and type. NULL is '' for text, 0 for counts, null where the caller asks for it. */
export class Fields {
  constructor(readonly row: DriverRow) {}

  text(column: string): string {
    const value = this.#value(column);
    if (value === null) return '';
    if (typeof value !== 'string') throw new UnreadableError(column, 'text', value);
    return (value as string & { toWellFormed(): string }).toWellFormed();
  }

  /** bigint comes as digits, smaller whole numbers as numbers: exact both ways. */
  whole(column: string): bigint {
    return this.wholeOrNull(column) ?? 0n;
  }

  /** What is counted: from 0 to what a column of the store holds. */
  count(column: string): bigint {
    const value = this.whole(column);
    if (value < 0n || value >= longest_count) throw new UnreadableError(column, 'a count', value);
    return value;
  }

  wholeOrNull(column: string): bigint | null {
    const value = this.#value(column);
    if (value === null) return null;
    if (typeof value === 'bigint') return value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
    if (typeof value === 'string' && /^-?\d{1,38}$/.test(value)) return BigInt(value);
    throw new UnreadableError(column, 'a whole number', value);
  }

  /** int, smallint, float: a JavaScript number is exact. */
  number(column: string): number | null {
    const value = this.#value(column);
    if (value === null) return null;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new UnreadableError(column, 'a number', value);
    return value;
  }

  flag(column: string): 0 | 1 {
    const value = this.#value(column);
    if (value === null || value === 0 || value === false) return 0;
    if (value === 1 || value === true) return 1;
    throw new UnreadableError(column, 'a flag', value);
  }

  time(column: string): Date | null {
    const value = this.#value(column);
    if (value === null) return null;
    const year = value instanceof Date ? value.getUTCFullYear() : Number.NaN;
    if (!(value instanceof Date) || !(year >= 1900 && year < 2300)) throw new UnreadableError(column, 'a time', value);
    return value;
  }

  timeOrThrow(column: string): Date {
    const value = this.time(column);
    if (value === null) throw new UnreadableError(column, 'a time', null);
    return value;
  }

  /** binary as `0x` and lower-case hex; '' for NULL. */
  hex(column: string): string {
    const value = this.#value(column);
    if (value === null) return '';
    if (!Buffer.isBuffer(value)) throw new UnreadableError(column, 'binary', value);
    return `0x${value.toString('hex')}`;
  }

  #value(column: string): unknown {
    return this.row[column] ?? null;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'NULL';
  return value instanceof Date ? 'a broken time' : typeof value;
}

export interface Parsed<Row> {
  readonly rows: readonly Row[];
  /** Rows left out because a column was not what it should be. */
  readonly unreadable: number;
}

/** One odd row must not hide the others. */
export function parsed<Row>(fields: readonly Fields[], parse: (row: Fields) => Row): Parsed<Row> {
  const rows: Row[] = [];
  let unreadable = 0;
  for (const one of fields) {
    try {
      rows.push(parse(one));
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      unreadable++;
    }
  }
  return { rows, unreadable };
}
