import { z } from 'zod';

/**
 * What travels from collector to store: the rows of one (instance, aspect, window), already encoded. The envelope is
 * checked at every border; rows stay bytes, because they were typed when they were made.
 */
export const batch_schema_version = 1;

/**
 * Who read a batch and what its next reading goes on from: where collectors share instances, the counter state travels
 * with the rows that were made from it, so that both become visible together.
 */
const reader_schema = z.strictObject({
  /** Of the lease on the instance under which it was read. */
  term: z.int().positive(),
  /** Rises with each reading of its collector. */
  sequence: z.int().positive(),
  /** The counter state after these rows: JSON, deflated, as base64. '' when it does not travel. */
  state: z.string(),
});

export const batch_schema = z.strictObject({
  schema_version: z.literal(batch_schema_version),
  batch_id: z.string().min(1).max(300),
  instance_id: z.string().min(1),
  aspect: z.string().min(1),
  window_start: z.string(),
  window_end: z.string(),
  /** JSONEachRow text per table: one JSON.stringify per row joined by single newlines (a blank line would end an inline insert). */
  tables: z.array(z.strictObject({ table: z.string(), row_count: z.int().positive(), ndjson: z.string().min(2) })),
  reader: reader_schema.optional(),
  /** No batch but a mark among them: who holds the instance under this term goes on from the states before it. */
  fence: z.strictObject({ term: z.int().positive() }).optional(),
});

export type Batch = Readonly<z.infer<typeof batch_schema>>;
export type Reader = NonNullable<Batch['reader']>;

/** bigint as quoted decimal: ClickHouse reads it exactly, and JSON has no other way. */
export const encodeRow = (row: object): string =>
  JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
