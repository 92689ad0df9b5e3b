import type { TableDescription } from '../../testing/relational/tables.js';

/**
 * The columns of SQL Server's views and functions that the collector may name, by Microsoft's documentation, with the
 * major version that brought them (13 is 2016, where every line without a number begins). The stand-in has these and no
 * others, so a statement that names a column that is not here, or is too new for its version, does not run.
 */
type Column = string | readonly [type: string, since: number];
type View = Readonly<Record<string, Column>>;

const of_a_measure = (name: string, since = 13): View =>
  Object.fromEntries([
    ...['avg', 'stdev'].map((kind) => [`${kind}_${name}`, ['float', since]]),
    ...['last', 'min', 'max'].map((kind) => [`${kind}_${name}`, ['bigint', since]]),
  ]) as View;

const of_the_cache = (name: string, since = 13): View =>
  Object.fromEntries(['total', 'last', 'min', 'max'].map((kind) => [`${kind}_${name}`, ['bigint', since]])) as View;

const views: Readonly<Record<string, View>> = {
  databases: {
    ...{ database_id: 'int', name: 'sysname', state: 'tinyint', state_desc: 'nvarchar(60)', is_read_only: 'bit' },
    ...{ compatibility_level: 'tinyint', recovery_model_desc: 'nvarchar(60)', is_query_store_on: 'bit' },
    ...{ snapshot_isolation_state_desc: 'nvarchar(60)', is_read_committed_snapshot_on: 'bit' },
    ...{ is_auto_create_stats_on: 'bit', is_auto_update_stats_on: 'bit', is_auto_update_stats_async_on: 'bit' },
    ...{ is_parameterization_forced: 'bit', is_auto_close_on: 'bit', is_auto_shrink_on: 'bit' },
  },
  database_query_store_options: {
    ...{ desired_state: 'smallint', actual_state: 'smallint', readonly_reason: 'int' },
    ...{ current_storage_size_mb: 'bigint', max_storage_size_mb: 'bigint', flush_interval_seconds: 'bigint' },
    ...{ interval_length_minutes: 'bigint', stale_query_threshold_days: 'bigint', size_based_cleanup_mode: 'smallint' },
    ...{ query_capture_mode: 'smallint', wait_stats_capture_mode: ['smallint', 14] },
  },
  query_store_query_text: {
    ...{ query_text_id: 'bigint', query_sql_text: 'nvarchar(max)', statement_sql_handle: 'varbinary(64)' },
    ...{ is_part_of_encrypted_module: 'bit', has_restricted_text: 'bit' },
  },
  query_store_query: {
    ...{ query_id: 'bigint', query_text_id: 'bigint', context_settings_id: 'bigint', object_id: 'bigint' },
    ...{ batch_sql_handle: 'varbinary(64)', query_hash: 'binary(8)', is_internal_query: 'bit' },
    ...{ query_parameterization_type: 'tinyint', initial_compile_start_time: 'datetimeoffset' },
    ...{ last_compile_start_time: 'datetimeoffset', last_execution_time: 'datetimeoffset', count_compiles: 'bigint' },
  },
  query_store_plan: {
    ...{ plan_id: 'bigint', query_id: 'bigint', plan_group_id: 'bigint', engine_version: 'nvarchar(32)' },
    ...{ compatibility_level: 'smallint', query_plan_hash: 'binary(8)', query_plan: 'nvarchar(max)' },
    ...{ is_trivial_plan: 'bit', is_parallel_plan: 'bit', is_forced_plan: 'bit', count_compiles: 'bigint' },
    ...{ last_execution_time: 'datetimeoffset', plan_forcing_type: ['int', 14], plan_type: ['int', 16] },
  },
  query_store_runtime_stats_interval: {
    ...{ runtime_stats_interval_id: 'bigint', start_time: 'datetimeoffset', end_time: 'datetimeoffset' },
    comment: 'nvarchar(max)',
  },
  query_store_runtime_stats: {
    ...{ runtime_stats_id: 'bigint', plan_id: 'bigint', runtime_stats_interval_id: 'bigint' },
    ...{ execution_type: 'tinyint', first_execution_time: 'datetimeoffset', last_execution_time: 'datetimeoffset' },
    ...{ count_executions: 'bigint', ...of_a_measure('duration'), ...of_a_measure('cpu_time') },
    ...{ ...of_a_measure('logical_io_reads'), ...of_a_measure('logical_io_writes') },
    ...{ ...of_a_measure('physical_io_reads'), ...of_a_measure('clr_time'), ...of_a_measure('dop') },
    ...{ ...of_a_measure('query_max_used_memory'), ...of_a_measure('rowcount') },
    ...{ ...of_a_measure('num_physical_io_reads', 14), ...of_a_measure('log_bytes_used', 14) },
    ...{ ...of_a_measure('tempdb_space_used', 14), replica_group_id: ['bigint', 16] },
  },
  query_store_wait_stats: {
    ...{ wait_stats_id: ['bigint', 14], plan_id: ['bigint', 14], runtime_stats_interval_id: ['bigint', 14] },
    ...{ wait_category: ['tinyint', 14], wait_category_desc: ['nvarchar(60)', 14], execution_type: ['tinyint', 14] },
    ...{ total_query_wait_time_ms: ['bigint', 14], avg_query_wait_time_ms: ['float', 14] },
  },
  dm_exec_query_stats: {
    ...{ sql_handle: 'varbinary(64)', statement_start_offset: 'int', statement_end_offset: 'int' },
    ...{ plan_generation_num: 'bigint', plan_handle: 'varbinary(64)', creation_time: 'datetime' },
    ...{ last_execution_time: 'datetime', execution_count: 'bigint', ...of_the_cache('worker_time') },
    ...{ ...of_the_cache('elapsed_time'), ...of_the_cache('clr_time'), ...of_the_cache('physical_reads') },
    ...{ ...of_the_cache('logical_reads'), ...of_the_cache('logical_writes'), ...of_the_cache('rows') },
    ...{ query_hash: 'binary(8)', query_plan_hash: 'binary(8)', statement_sql_handle: 'varbinary(64)' },
    ...{ ...of_the_cache('dop'), ...of_the_cache('grant_kb'), ...of_the_cache('spills', 15) },
  },
  dm_exec_sql_text: {
    ...{ sql_handle: 'varbinary(64)', dbid: 'smallint', objectid: 'int', number: 'smallint', encrypted: 'bit' },
    text: 'nvarchar(max)',
  },
  dm_exec_plan_attributes: { plan_handle: 'varbinary(64)', attribute: 'varchar(128)', value: 'sql_variant' },
  dm_exec_text_query_plan: {
    ...{ plan_handle: 'varbinary(64)', statement_start_offset: 'int', statement_end_offset: 'int' },
    ...{ dbid: 'smallint', objectid: 'int', query_plan: 'nvarchar(max)' },
  },
  dm_exec_requests: {
    ...{ session_id: 'smallint', request_id: 'int', start_time: 'datetime', status: 'nvarchar(30)' },
    ...{ command: 'nvarchar(32)', sql_handle: 'varbinary(64)', statement_start_offset: 'int' },
    ...{ statement_end_offset: 'int', plan_handle: 'varbinary(64)', database_id: 'smallint', user_id: 'int' },
    ...{ blocking_session_id: 'smallint', wait_type: 'nvarchar(60)', wait_time: 'int', cpu_time: 'int' },
    ...{ total_elapsed_time: 'int', logical_reads: 'bigint', query_hash: 'binary(8)' },
  },
  dm_exec_sessions: {
    ...{ session_id: 'smallint', login_name: 'nvarchar(128)', program_name: 'nvarchar(128)', status: 'nvarchar(30)' },
    ...{ is_user_process: 'bit', open_transaction_count: 'int', database_id: 'smallint' },
  },
  dm_os_wait_stats: {
    ...{ wait_type: 'nvarchar(60)', waiting_tasks_count: 'bigint', wait_time_ms: 'bigint' },
    ...{ max_wait_time_ms: 'bigint', signal_wait_time_ms: 'bigint' },
  },
  dm_db_wait_stats: {
    ...{ wait_type: 'nvarchar(60)', waiting_tasks_count: 'bigint', wait_time_ms: 'bigint' },
    ...{ max_wait_time_ms: 'bigint', signal_wait_time_ms: 'bigint' },
  },
  dm_os_sys_info: { sqlserver_start_time: 'datetime', cpu_count: 'int' },
  dm_os_performance_counters: {
    ...{ object_name: 'nchar(128)', counter_name: 'nchar(128)', instance_name: 'nchar(128)' },
    ...{ cntr_value: 'bigint', cntr_type: 'int' },
  },
  dm_os_ring_buffers: { ring_buffer_type: 'nvarchar(60)', timestamp: 'bigint', record: 'nvarchar(3000)' },
  dm_io_virtual_file_stats: {
    ...{ database_id: 'smallint', file_id: 'smallint', num_of_reads: 'bigint', num_of_bytes_read: 'bigint' },
    ...{ io_stall_read_ms: 'bigint', num_of_writes: 'bigint', num_of_bytes_written: 'bigint' },
    io_stall_write_ms: 'bigint',
  },
  configurations: {
    ...{ configuration_id: 'int', name: 'nvarchar(35)', value: 'sql_variant', minimum: 'sql_variant' },
    ...{ maximum: 'sql_variant', value_in_use: 'sql_variant', description: 'nvarchar(255)', is_dynamic: 'bit' },
    is_advanced: 'bit',
  },
  database_scoped_configurations: {
    ...{ configuration_id: 'int', name: 'nvarchar(60)', value: 'sql_variant', value_for_secondary: 'sql_variant' },
  },
  tables: { object_id: 'int', schema_id: 'int', name: 'sysname', is_ms_shipped: 'bit', create_date: 'datetime' },
  schemas: { schema_id: 'int', name: 'sysname' },
  columns: {
    ...{ object_id: 'int', column_id: 'int', name: 'sysname', user_type_id: 'int', max_length: 'smallint' },
    ...{ precision: 'tinyint', scale: 'tinyint', is_nullable: 'bit', is_identity: 'bit', is_computed: 'bit' },
  },
  types: { user_type_id: 'int', system_type_id: 'tinyint', name: 'sysname' },
  indexes: {
    ...{ object_id: 'int', index_id: 'int', name: 'sysname', type: 'tinyint', type_desc: 'nvarchar(60)' },
    ...{ is_unique: 'bit', is_primary_key: 'bit', is_unique_constraint: 'bit', is_disabled: 'bit' },
    ...{ is_hypothetical: 'bit', has_filter: 'bit', filter_definition: 'nvarchar(max)' },
  },
  index_columns: {
    ...{ object_id: 'int', index_id: 'int', index_column_id: 'int', column_id: 'int', key_ordinal: 'tinyint' },
    ...{ is_descending_key: 'bit', is_included_column: 'bit' },
  },
  foreign_keys: { object_id: 'int', name: 'sysname', referenced_object_id: 'int', key_index_id: 'int' },
  stats: { object_id: 'int', stats_id: 'int', name: 'sysname' },
  dm_db_stats_properties: {
    ...{ object_id: 'int', stats_id: 'int', last_updated: 'datetime2', rows: 'bigint', rows_sampled: 'bigint' },
    modification_counter: 'bigint',
  },
  dm_db_partition_stats: {
    ...{ partition_id: 'bigint', object_id: 'int', index_id: 'int', used_page_count: 'bigint', row_count: 'bigint' },
  },
  dm_db_missing_index_details: {
    ...{ index_handle: 'int', database_id: 'smallint', object_id: 'int', equality_columns: 'nvarchar(4000)' },
    ...{ inequality_columns: 'nvarchar(4000)', included_columns: 'nvarchar(4000)', statement: 'nvarchar(4000)' },
  },
  dm_db_missing_index_groups: { index_group_handle: 'int', index_handle: 'int' },
  dm_db_missing_index_group_stats: {
    ...{ group_handle: 'int', unique_compiles: 'bigint', user_seeks: 'bigint', user_scans: 'bigint' },
    ...{ last_user_seek: 'datetime', last_user_scan: 'datetime', avg_total_user_cost: 'float' },
    ...{ avg_user_impact: 'float', system_seeks: 'bigint', system_scans: 'bigint' },
  },
  dm_db_index_usage_stats: {
    ...{ database_id: 'smallint', object_id: 'int', index_id: 'int', user_seeks: 'bigint', user_scans: 'bigint' },
    ...{ user_lookups: 'bigint', user_updates: 'bigint', last_user_seek: 'datetime' },
  },
};

/** The views of one version. One that is newer as a whole is not there. */
export const viewsOf = (major: number): readonly TableDescription[] =>
  Object.entries(views).flatMap(([table_name, view]) => {
    const columns = Object.entries(view).flatMap(([name, column]): [string, string][] => {
      const [type, since] = typeof column === 'string' ? [column, 13] : column;
      return since <= major ? [[name, type]] : [];
    });
    return columns.length === 0 ? [] : [{ schema_name: 'sys', table_name, columns: Object.fromEntries(columns) }];
  });

const plain: Readonly<Record<string, string>> = {
  ...{ bigint: 'bigint', int: 'integer', smallint: 'smallint', tinyint: 'smallint', bit: 'smallint', float: 'float8' },
  ...{ datetime: 'timestamp', datetime2: 'timestamp', datetimeoffset: 'timestamptz', sysname: 'text' },
  sql_variant: 'text',
};

/** The type of PostgreSQL that holds it. A bit is a number there, so that `= 1` means the same. */
export function typeOf(native: string): string {
  const known = plain[native];
  if (known !== undefined) return known;
  if (/^n?varchar\(/.test(native)) return 'text';
  if (/^nchar\(/.test(native)) return native.slice(1);
  if (/^(var)?binary\(/.test(native)) return 'bytea';
  throw new Error(`the stand-in does not know the type ${native}`);
}
