import type { AspectName, AspectSpec } from '@plumbline/contracts';

/** What is collected, how often, and what one reading may cost the source. */
export const aspects: readonly AspectSpec[] = [
  {
    name: 'statements',
    summary: 'What every statement of every database did since the last reading',
    interval_s: 60,
    budget_ms: 500,
    budget_rows: 20_000,
    reads: ['pg_stat_statements', 'pg_stat_statements_info', 'pg_database', 'pg_roles'],
    needs: 'extension pg_stat_statements 1.8 or later, pg_read_all_stats',
  },
  {
    name: 'activity',
    summary: 'What running sessions of every database wait for, one sample per reading',
    interval_s: 5,
    budget_ms: 100,
    budget_rows: 2_000,
    reads: ['pg_stat_activity'],
    needs: 'pg_read_all_stats',
  },
  {
    name: 'metrics',
    summary: 'Transactions, blocks, checkpoints, WAL and I/O of the whole server; restarts and crashes',
    interval_s: 60,
    budget_ms: 200,
    budget_rows: 1_000,
    reads: ['pg_stat_database', 'pg_stat_bgwriter', 'pg_stat_checkpointer', 'pg_stat_wal', 'pg_stat_io'],
    needs: 'nothing',
  },
  {
    name: 'settings',
    summary: 'Server settings, when they are first seen and when they change',
    interval_s: 300,
    budget_ms: 200,
    budget_rows: 2_000,
    reads: ['pg_settings'],
    needs: 'pg_read_all_settings for the hidden ones',
  },
  {
    name: 'tables',
    summary: 'Sizes, dead rows, scans and writes of the tables of the configured database only',
    interval_s: 300,
    budget_ms: 1_000,
    budget_rows: 20_000,
    reads: ['pg_stat_user_tables', 'pg_class', 'pg_locks'],
    needs: 'nothing',
  },
  {
    name: 'indexes',
    summary: 'Definitions, sizes and scans of the indexes of the configured database only',
    interval_s: 300,
    budget_ms: 1_000,
    budget_rows: 20_000,
    reads: ['pg_stat_user_indexes', 'pg_index', 'pg_constraint', 'pg_locks'],
    needs: 'nothing',
  },
  {
    name: 'schema',
    summary: 'Columns of the configured database only: types and statistics, never values',
    interval_s: 3_600,
    budget_ms: 2_000,
    budget_rows: 100_000,
    reads: ['pg_attribute', 'pg_stats'],
    needs: 'SELECT on the tables for their statistics',
  },
  {
    name: 'plans',
    summary: 'Estimated plans of the costliest statements of the configured database only; nothing is executed',
    interval_s: 600,
    budget_ms: 2_000,
    budget_rows: 1_000,
    reads: ['pg_stat_statements', 'EXPLAIN'],
    needs: 'SELECT on the tables, or pg_read_all_data',
  },
];

export const aspectNames: readonly AspectName[] = aspects.map(({ name }) => name);
