import type { AspectSpec } from '@plumbline/contracts';

/** Every statement of ours is a job that waits its turn on the source; on Cloud one may first have to wake an engine. */
const budget_ms = 30_000;

/** What is collected, how often, and what one reading may cost the source. Cloud is asked more rarely: options.ts. */
export const aspects: readonly AspectSpec[] = [
  {
    name: 'runs',
    summary: 'Every run that ended, once, with its phases, user, queue, engine and what it read',
    interval_s: 60,
    budget_ms,
    budget_rows: 25_000,
    reads: ['sys.jobs_recent', 'sys.project.jobs_recent', 'sys.project.history.jobs'],
    needs: 'Dremio 24 or later; VIEW JOB HISTORY for the runs of others (Enterprise, Cloud)',
  },
  {
    name: 'plans',
    summary: 'Plans of the statements whose runs took longest, with what each operator really did',
    interval_s: 900,
    budget_ms: 60_000,
    budget_rows: 1_000,
    reads: ['profiles of runs (Software)', 'EXPLAIN PLAN FOR (Cloud)'],
    needs: 'VIEW JOB HISTORY or an administrator (Software); SELECT on the tables (Cloud)',
  },
  {
    name: 'reflections',
    summary: 'Reflections: shape, state, size, stored copies, how often weighed, fitting and used',
    interval_s: 900,
    budget_ms,
    budget_rows: 25_000,
    reads: ['sys.reflections', 'sys.materializations', 'sys.project.reflections', 'sys.project.materializations'],
    needs: 'VIEW REFLECTION (Enterprise, Cloud)',
  },
  {
    name: 'tables',
    summary: 'Tables that came and went; of Iceberg tables, some at each reading, files, sizes, rows and partitions',
    interval_s: 3_600,
    budget_ms: 60_000,
    budget_rows: 25_000,
    reads: ['INFORMATION_SCHEMA."TABLES"', 'TABLE(table_files(…))'],
    needs: 'SELECT on the tables',
  },
  {
    name: 'schema',
    summary: 'Columns of tables and views: types, never values',
    interval_s: 3_600,
    budget_ms: 60_000,
    budget_rows: 60_000,
    reads: ['INFORMATION_SCHEMA."COLUMNS"'],
    needs: 'SELECT on the tables',
  },
  {
    name: 'settings',
    summary: 'Support keys, when they are first seen and when they change',
    interval_s: 900,
    budget_ms,
    budget_rows: 5_000,
    reads: ['sys.options'],
    needs: 'an administrator; Dremio Cloud has none',
  },
  {
    name: 'metrics',
    summary: 'Nodes by role and their memory',
    interval_s: 300,
    budget_ms,
    budget_rows: 5_000,
    reads: ['sys.nodes', 'sys.memory'],
    needs: 'an administrator; Dremio Cloud has none',
  },
];
