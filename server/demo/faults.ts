import type { Pool } from 'pg';

/** A real fault done to the real database: what goes wrong, and how a DBA would undo it. */
export interface Fault {
  readonly name: string;
  readonly sentence: string;
  readonly undo: string;
  apply(pool: Pool): Promise<void>;
}

export const index_dropped: Fault = {
  name: 'index_dropped',
  sentence: 'dropped the index orders_customer_id_idx on orders (customer_id)',
  undo: 'CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id)',
  apply: async (pool) => void (await pool.query('DROP INDEX orders_customer_id_idx')),
};

/** Sixty times the rows in one load while autovacuum is off for the table: it grew, and its statistics are stale. */
export const table_grown: Fault = {
  name: 'table_grown',
  sentence: 'loaded 120,000 rows into page_views without ANALYZE: the table grew and its statistics are stale',
  undo: 'ANALYZE page_views',
  apply: async (pool) =>
    void (await pool.query(
      `INSERT INTO page_views (customer_id, page, viewed_at)
       SELECT 1 + i % 20000, 'page ' || i % 50, now() - (i % 3000 || ' seconds')::interval
       FROM generate_series(1, 120000) AS i`,
    )),
};
