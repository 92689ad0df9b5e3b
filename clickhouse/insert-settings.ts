import { StoreError } from './store-error.js';

/**
 * An insert is whole or an error: a column the table lacks and a null where none may be are mistakes of ours, and
 * both would otherwise pass in silence. async_insert would gather batches on a server and lose their tokens.
 * Rollup rows come grouped from their views, so merging them once more before they are written (optimize_on_insert)
 * only costs: a tenth of an insert's processor time. Readers use FINAL or aggregate in any case.
 */
export const insert_settings = {
  async_insert: 0,
  optimize_on_insert: 0,
  input_format_skip_unknown_fields: 0,
  input_format_null_as_default: 0,
} as const;

/** A column that the file lacks would otherwise be filled with defaults in silence. */
export const parquet_settings = { async_insert: 0, input_format_parquet_allow_missing_columns: 0 } as const;

export function tableName(table: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(table)) throw new StoreError(`"${table}" is not a table's name; nothing was sent`);
  return table;
}
