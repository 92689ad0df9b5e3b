import type { AspectSpec } from '@plumbline/contracts';

const server_state = 'VIEW SERVER STATE (2022 and later: VIEW SERVER PERFORMANCE STATE)';
const database_state = 'VIEW DATABASE STATE in each database (implied by VIEW SERVER STATE)';

/** What is collected, how often, and what one reading may cost the source. */
export const aspects: readonly AspectSpec[] = [
  {
    name: 'statements',
    summary:
      'What every statement of every user database did since the last reading, from Query Store or the plan cache',
    interval_s: 60,
    budget_ms: 2_000,
    budget_rows: 50_000,
    reads: [
      'sys.query_store_runtime_stats',
      'sys.query_store_runtime_stats_interval',
      'sys.query_store_plan',
      'sys.query_store_query',
      'sys.query_store_query_text',
      'sys.database_query_store_options',
      'sys.dm_exec_query_stats',
    ],
    needs: `${database_state}; ${server_state} for the plan cache`,
  },
  {
    name: 'activity',
    summary: 'What running sessions of every database do, one sample per reading',
    interval_s: 5,
    budget_ms: 200,
    budget_rows: 2_000,
    reads: ['sys.dm_exec_requests', 'sys.dm_exec_sessions', 'sys.dm_exec_sql_text'],
    needs: server_state,
  },
  {
    name: 'waits',
    summary: 'How long statements (Query Store) and the whole server waited, by class',
    interval_s: 60,
    budget_ms: 1_000,
    budget_rows: 50_000,
    reads: ['sys.query_store_wait_stats', 'sys.dm_os_wait_stats'],
    needs: `${server_state}; ${database_state}`,
  },
  {
    name: 'metrics',
    summary: 'Performance counters, I/O and memory of the whole server; restarts',
    interval_s: 60,
    budget_ms: 500,
    budget_rows: 5_000,
    reads: [
      ...['sys.dm_os_performance_counters', 'sys.dm_io_virtual_file_stats', 'sys.dm_os_sys_info'],
      'sys.dm_os_ring_buffers',
    ],
    needs: server_state,
  },
  {
    name: 'settings',
    summary: 'Server and database settings, when they are first seen and when they change',
    interval_s: 300,
    budget_ms: 500,
    budget_rows: 5_000,
    reads: ['sys.configurations', 'sys.database_scoped_configurations', 'sys.databases'],
    needs: 'nothing',
  },
  {
    name: 'tables',
    summary: 'Sizes, scans and writes of the tables of every user database',
    interval_s: 300,
    budget_ms: 2_000,
    budget_rows: 50_000,
    reads: ['sys.tables', 'sys.dm_db_partition_stats', 'sys.dm_db_index_usage_stats', 'sys.dm_db_stats_properties'],
    needs: `${database_state}; VIEW ANY DEFINITION`,
  },
  {
    name: 'indexes',
    summary: 'Definitions, sizes and scans of the indexes of every user database, and what the optimizer missed',
    interval_s: 300,
    budget_ms: 2_000,
    budget_rows: 100_000,
    reads: [
      ...['sys.indexes', 'sys.index_columns', 'sys.dm_db_partition_stats', 'sys.dm_db_index_usage_stats'],
      ...['sys.dm_db_missing_index_details', 'sys.dm_db_missing_index_group_stats'],
    ],
    needs: `${database_state}; VIEW ANY DEFINITION; ${server_state} for what the optimizer missed`,
  },
  {
    name: 'schema',
    summary: 'Columns of the tables of every user database: their types, never values',
    interval_s: 3_600,
    budget_ms: 4_000,
    budget_rows: 200_000,
    reads: ['sys.columns', 'sys.types', 'sys.tables'],
    needs: 'VIEW ANY DEFINITION',
  },
  {
    name: 'plans',
    summary:
      'Plans that the costliest statements of every user database ran with, as Query Store or the cache keep them',
    interval_s: 600,
    budget_ms: 4_000,
    budget_rows: 5_000,
    reads: ['sys.query_store_plan', 'sys.query_store_runtime_stats', 'sys.dm_exec_text_query_plan'],
    needs: `${database_state}; ${server_state} for the plan cache`,
  },
];
