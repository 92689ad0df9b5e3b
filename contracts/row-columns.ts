import type { StatementMeasures } from './counters.js';
import type { CollectedTable, CollectedTables } from './collected-tables.js';

/**
 * What a column may hold. id: text that may not be empty. count: bigint from 0 below 2^64. whole: number from 0 below
 * 2^53. real: any finite number. share: a number from 0 to 1. time: UTC text. `?` behind a kind: or null.
 */
type BaseKind = 'id' | 'text' | 'texts' | 'count' | 'counts' | 'whole' | 'real' | 'reals' | 'share' | 'flag' | 'time';
export type ColumnKind = BaseKind | `${BaseKind}?`;

/** `batch_id` is stamped later. A column new in a row type does not compile until its kind is here. */
type KindsOf<Row> = { readonly [Column in Exclude<keyof Row, 'batch_id'>]-?: ColumnKind };

const measures: KindsOf<StatementMeasures> = {
  ...{ calls: 'count', errors: 'count', total_time_us: 'count', sum_square_time_us2: 'real', plan_calls: 'count' },
  ...{ plan_time_us: 'count', cpu_time_us: 'count', io_read_time_us: 'count', io_write_time_us: 'count' },
  ...{ lock_time_us: 'count', rows_returned: 'count', rows_examined: 'count', logical_read_bytes: 'count' },
  ...{ physical_read_bytes: 'count', written_bytes: 'count', temp_read_bytes: 'count', temp_written_bytes: 'count' },
  wal_bytes: 'count',
};
const { calls: _calls, errors: _errors, sum_square_time_us2: _squares, plan_calls: _plans, ...run_measures } = measures;
const window = { instance_id: 'id', window_start: 'time', window_end: 'time' } as const;
const seen = { instance_id: 'id', observed_at: 'time' } as const;
const table = { database_name: 'text', schema_name: 'text', table_name: 'id' } as const;

/** Every collected table's columns as data: what a row is checked against before it leaves the collector. */
export const row_columns: { readonly [Table in CollectedTable]: KindsOf<CollectedTables[Table]> } = {
  query_deltas: {
    ...{ ...window, ...measures, query_hash: 'id', database_name: 'text', user_name: 'text', native_id: 'text' },
    ...{ is_nested: 'flag', plan_hash: 'text', min_time_us: 'real?', max_time_us: 'real?', bucket_upper_us: 'reals' },
    ...{ bucket_calls: 'counts', percentile_origin: 'id', flags: 'texts' },
  },
  query_runs: {
    ...{ ...run_measures, instance_id: 'id', query_hash: 'id', native_id: 'id', started_at: 'time' },
    ...{ finished_at: 'time', database_name: 'text', user_name: 'text', is_nested: 'flag', plan_hash: 'text' },
    ...{ outcome: 'id', failure: 'text', run_kind: 'text', queue_name: 'text', engine_name: 'text' },
    ...{ attempts: 'whole', queue_time_us: 'count', execution_time_us: 'count', memory_peak_bytes: 'count' },
    ...{ scanned_bytes: 'count', estimated_cost: 'real?', is_accelerated: 'flag', scanned_tables: 'texts' },
    reflection_ids: 'texts',
  },
  wait_deltas: {
    ...{ ...window, query_hash: 'text', database_name: 'text', wait_class: 'id', wait_event: 'text' },
    ...{ samples: 'whole', sampled_time_us: 'count' },
  },
  instance_metrics: { ...window, metric: 'id', value: 'real', unit: 'text' },
  setting_snapshots: {
    ...{ ...seen, name: 'id', value: 'text', unit: 'text', source: 'text', change_needs: 'id' },
    pending_restart: 'flag',
  },
  table_snapshots: {
    ...{ ...window, ...table, estimated_rows: 'real?', live_rows: 'count', dead_rows: 'count' },
    ...{ modified_since_analyze_rows: 'count', size_bytes: 'count', seq_scans: 'count', seq_rows_read: 'count' },
    ...{ index_scans: 'count', inserted_rows: 'count', updated_rows: 'count', deleted_rows: 'count' },
    ...{ last_analyzed_at: 'time?', last_vacuumed_at: 'time?' },
  },
  index_snapshots: {
    ...{ ...window, ...table, index_name: 'id', method: 'text', key_columns: 'texts', included_columns: 'texts' },
    ...{ predicate: 'text', is_unique: 'flag', backs_constraint: 'flag', is_valid: 'flag', definition: 'text' },
    ...{ size_bytes: 'count', scans: 'count' },
  },
  column_snapshots: {
    ...{ ...seen, ...table, column_name: 'id', ordinal: 'whole', data_type: 'text', is_nullable: 'flag' },
    ...{ n_distinct: 'real?', null_ratio: 'share?', average_width_bytes: 'real?', correlation: 'real?' },
  },
  reflection_snapshots: {
    ...{ ...seen, reflection_id: 'id', reflection_name: 'text', kind: 'id', dataset_id: 'text' },
    ...{ dataset_name: 'text', is_enabled: 'flag', can_accelerate: 'flag', status: 'text' },
    ...{ display_columns: 'texts', dimension_columns: 'texts', measure_columns: 'texts' },
    ...{ partition_columns: 'texts', sort_columns: 'texts', row_count: 'count?', size_bytes: 'count' },
    ...{ total_size_bytes: 'count', considered: 'count', matched: 'count', chosen: 'count', failures: 'whole' },
    ...{ refresh_method: 'text', last_refresh_time_us: 'count?', last_refreshed_at: 'time?', expires_at: 'time?' },
    ...{ materializations: 'whole', failed_materializations: 'whole' },
  },
  table_file_snapshots: {
    ...{ ...seen, ...table, file_format: 'text', files: 'count', size_bytes: 'count', row_count: 'count' },
    ...{ small_file_bytes: 'count', small_files: 'count', small_size_bytes: 'count', partitions: 'count' },
  },
  index_hint_snapshots: {
    ...{ ...seen, ...table, equality_columns: 'texts', inequality_columns: 'texts', included_columns: 'texts' },
    ...{ uses: 'count', counted_s: 'count', average_cost: 'real', impact_ratio: 'share' },
  },
  instance_events: {
    ...{ instance_id: 'id', occurred_at: 'time', noticed_after: 'time', kind: 'id', database_name: 'text' },
    ...{ object_name: 'text', subject: 'text', query_hash: 'text', before: 'text', after: 'text' },
  },
  instances: {
    ...{ ...seen, engine: 'id', engine_label: 'id', server_version: 'text', abilities: 'texts' },
    ...{ started_at: 'time?', is_enabled: 'flag', cluster_name: 'text', is_replica: 'flag' },
  },
  queries: {
    ...{ ...seen, query_hash: 'id', dialect: 'id', statement_class: 'id', template: 'text', hints: 'text' },
    ...{ is_truncated: 'flag', normalizer_version: 'whole', feature_source: 'id', features: 'id' },
  },
  plans: { ...seen, query_hash: 'id', plan_hash: 'id', total_cost: 'real', origin: 'id', tree: 'id' },
  quarantined_rows: {
    ...{ ...seen, aspect: 'id', table_name: 'id', check_name: 'id', reason: 'id', row: 'text' },
  },
  aspect_status: {
    ...{ ...seen, aspect: 'id', state: 'id', message: 'text', fix: 'text', elapsed_ms: 'real', rows_read: 'whole' },
    ...{ budget_ms: 'real', interval_s: 'real' },
  },
};

/** What a batch may name. */
export const collected_tables = Object.keys(row_columns) as readonly CollectedTable[];
