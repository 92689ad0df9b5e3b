import type { ColumnSnapshotRow, IndexHintRow, ReflectionSnapshotRow, TableFileSnapshotRow } from './snapshot-rows.js';
import type { Utc } from './time.js';
import type { OfInstance } from './view-params.js';

/** What an instance holds: the newest snapshot of each thing. */
export interface CatalogViews {
  tables_latest: {
    params: OfInstance;
    row: {
      instance_id: string;
      database_name: string;
      schema_name: string;
      table_name: string;
      observed_at: Utc;
      estimated_rows: number | null;
      live_rows: number;
      dead_rows: number;
      modified_since_analyze_rows: number;
      size_bytes: number;
      seq_scans: number;
      seq_rows_read: number;
      index_scans: number;
      inserted_rows: number;
      updated_rows: number;
      deleted_rows: number;
      last_analyzed_at: Utc | null;
      last_vacuumed_at: Utc | null;
      /** Scans and writes are sums over this long. */
      observed_s: number;
    };
  };
  /** Only indexes that exist in the newest snapshot of their database. */
  indexes_latest: {
    params: OfInstance;
    row: {
      instance_id: string;
      database_name: string;
      schema_name: string;
      table_name: string;
      index_name: string;
      observed_at: Utc;
      method: string;
      key_columns: string[];
      included_columns: string[];
      predicate: string;
      is_unique: 0 | 1;
      backs_constraint: 0 | 1;
      is_valid: 0 | 1;
      definition: string;
      size_bytes: number;
      scans: number;
      observed_s: number;
    };
  };
  columns_latest: { params: OfInstance; row: Omit<ColumnSnapshotRow, 'batch_id'> };
  reflections_latest: {
    params: OfInstance;
    row: Pick<
      ReflectionSnapshotRow,
      | 'instance_id'
      | 'reflection_id'
      | 'reflection_name'
      | 'observed_at'
      | 'kind'
      | 'dataset_id'
      | 'dataset_name'
      | 'is_enabled'
      | 'can_accelerate'
      | 'status'
      | 'display_columns'
      | 'dimension_columns'
      | 'measure_columns'
      | 'partition_columns'
      | 'sort_columns'
      | 'failures'
      | 'last_refreshed_at'
      | 'expires_at'
    > & {
      row_count: number | null;
      size_bytes: number;
      total_size_bytes: number;
      considered: number;
      matched: number;
      chosen: number;
      /** In the 35 days that lists are kept. */
      first_seen_at: Utc;
      /** Runs that we saw answered from it, and when the first and the last were handed in. */
      used_runs: number;
      first_used_at: Utc | null;
      last_used_at: Utc | null;
      last_refresh_us: number | null;
    };
  };
  /** What the server itself missed; only of engines that tell it. */
  index_hints_latest: {
    params: OfInstance;
    row: Omit<IndexHintRow, 'batch_id' | 'uses' | 'counted_s'> & { uses: number; counted_s: number };
  };
  /** The newest count of each table's files. */
  table_files_latest: {
    params: OfInstance;
    row: Pick<
      TableFileSnapshotRow,
      'instance_id' | 'database_name' | 'schema_name' | 'table_name' | 'observed_at' | 'file_format'
    > & {
      files: number;
      size_bytes: number;
      row_count: number;
      small_file_bytes: number;
      small_files: number;
      small_size_bytes: number;
      partitions: number;
    };
  };
}
