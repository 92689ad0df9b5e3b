import type { RawRow } from './source.js';

/** Reads one value, or throws `Malformed` when the driver gave something that cannot be it. */
export type Cell<T> = (value: unknown) => T;

class Malformed extends Error {}

const longest_text_characters = 1_000_000;

/** NULL and the empty text are one in Oracle. Half a surrogate pair (a broken character) becomes U+FFFD. */
export const text: Cell<string> = (value) => {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') throw new Malformed();
  const cut = value.length > longest_text_characters ? value.slice(0, longest_text_characters) : value;
  return Buffer.from(cut, 'utf8').toString('utf8');
};

/** A text that must be there: an id. */
export const key: Cell<string> = (value) => {
  const found = text(value);
  if (found === '') throw new Malformed();
  return found;
};

/** NUMBER as decimal text, exact to its 38 digits. A fraction is cut off: the column counts whole things. */
export const whole: Cell<bigint | null> = (value) => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value !== 'string') throw new Malformed();
  const digits = /^(-?\d{1,40})(?:\.\d*)?$/.exec(value.trim())?.[1];
  if (digits !== undefined) return BigInt(digits);
  if (/^-?0?\.\d+$/.test(value.trim())) return 0n;
  throw new Malformed();
};

export const decimal: Cell<number | null> = (value) => {
  if (value === null || value === undefined) return null;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new Malformed();
  return number;
};

/** A number that must be there and fit a double exactly: a snapshot, an instance, a position. */
export const place: Cell<number> = (value) => {
  const number = decimal(value);
  if (number === null || !Number.isSafeInteger(number)) throw new Malformed();
  return number;
};

/** `2026-11-01T10:00:00.000` as our statements spell times, without zone; NULL for none. */
export const localTime: Cell<string | null> = (value) => {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?$/.test(value)) throw new Malformed();
  if (Number.isNaN(Date.parse(`${value.slice(0, 23)}Z`))) throw new Malformed();
  return value;
};

type Shape = Readonly<Record<string, Cell<unknown>>>;
export type RowOf<S extends Shape> = { readonly [Name in keyof S]: ReturnType<S[Name]> };

export interface Read<Row> {
  readonly rows: readonly Row[];
  /** Rows left out because a value was not what its column holds. */
  readonly malformed: number;
}

/** Rows that hold what they must. One that does not is left out and counted, never guessed. */
export function shaped<S extends Shape>(raw: readonly RawRow[], shape: S): Read<RowOf<S>> {
  const rows: RowOf<S>[] = [];
  let malformed = 0;
  for (const row of raw) {
    try {
      rows.push(Object.fromEntries(Object.entries(shape).map(([name, cell]) => [name, cell(row[name])])) as RowOf<S>);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      malformed++;
    }
  }
  return { rows, malformed };
}

/** A local time of the server and its distance from UTC. */
export const fromLocal = (local: string, offset_s: number): Date =>
  new Date(Date.parse(`${local.slice(0, 23)}Z`) - offset_s * 1000);
