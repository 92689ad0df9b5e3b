import { z } from 'zod';

/**
 * What travels from collector to store: the rows of one (instance, aspect, window), already encoded. The envelope is
 * checked at every border; rows stay bytes, because they were typed when they were made.
 */
export const batch_schema_version = 1;

export const batch_schema = z.strictObject({
  schema_version: z.literal(batch_schema_version),
  batch_id: z.string().min(1).max(300),
  instance_id: z.string().min(1),
  aspect: z.string().min(1),
  window_start: z.string(),
  window_end: z.string(),
  /** JSONEachRow text per table: one JSON.stringify per row joined by single newlines (a blank line would end an inline insert). */
  tables: z.array(z.strictObject({ table: z.string(), row_count: z.int().positive(), ndjson: z.string().min(2) })),
});

export type Batch = Readonly<z.infer<typeof batch_schema>>;

/** bigint as quoted decimal: ClickHouse reads it exactly, and JSON has no other way. */
export const encodeRow = (row: object): string =>
  JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
