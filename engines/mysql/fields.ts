import { SourceError } from '@plumbline/contracts';

/**
 * One row as the driver gave it, read field by field. NULL is '' or 0; what is of another type than the field must be is
 * a SourceError that names the field, never the value.
 */
export class Fields {
  readonly #row: Readonly<Record<string, unknown>>;

  constructor(row: unknown) {
    if (typeof row !== 'object' || row === null) throw unexpected('a row', row);
    this.#row = row as Readonly<Record<string, unknown>>;
  }

  isNull(name: string): boolean {
    return this.#row[name] === null || this.#row[name] === undefined;
  }

  text(name: string): string {
    const value = this.#row[name];
    if (value === null || value === undefined) return '';
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    if (Buffer.isBuffer(value)) return value.toString('utf8');
    throw unexpected(name, value);
  }

  /** A whole number of any size: BIGINT and DECIMAL come as text, so that no digit is lost. */
  whole(name: string): bigint {
    const text = this.text(name).trim();
    if (text === '') return 0n;
    if (!/^-?\d+(\.0*)?$/.test(text)) throw unexpected(name, 'text that is not a whole number');
    return BigInt(text.replace(/\..*$/, ''));
  }

  /** Null where the server says NULL. */
  number(name: string): number | null {
    if (this.isNull(name)) return null;
    const value = Number(this.text(name));
    if (!Number.isFinite(value)) throw unexpected(name, 'text that is not a number');
    return value;
  }

  /** The server's YES, ON or 1. */
  flag(name: string): boolean {
    return /^(yes|on|1)$/i.test(this.text(name));
  }
}

function unexpected(name: string, value: unknown): SourceError {
  const what = typeof value === 'string' ? value : value === null ? 'nothing' : `a value of type ${typeof value}`;
  return new SourceError(
    'broken',
    `the server answered ${what} for ${name}`,
    'Report it with the version of the server',
  );
}
