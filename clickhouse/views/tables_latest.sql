-- What tables are there, how large, how used? instance_id: '' for all.
-- Rows and sizes are of the newest snapshot; scans and writes are sums over observed_s seconds (at most 35 days). Only
-- tables in the newest snapshot of their database are given. estimated_rows: null when never analyzed.
CREATE OR REPLACE VIEW tables_latest AS
SELECT
  instance_id,
  database_name,
  schema_name,
  table_name,
  max(window_end) AS observed_at,
  argMax(tuple(s.estimated_rows), window_end).1 AS estimated_rows,
  toFloat64(argMax(s.live_rows, window_end)) AS live_rows,
  toFloat64(argMax(s.dead_rows, window_end)) AS dead_rows,
  toFloat64(argMax(s.modified_since_analyze_rows, window_end)) AS modified_since_analyze_rows,
  toFloat64(argMax(s.size_bytes, window_end)) AS size_bytes,
  sum(toFloat64(s.seq_scans)) AS seq_scans,
  sum(toFloat64(s.seq_rows_read)) AS seq_rows_read,
  sum(toFloat64(s.index_scans)) AS index_scans,
  sum(toFloat64(s.inserted_rows)) AS inserted_rows,
  sum(toFloat64(s.updated_rows)) AS updated_rows,
  sum(toFloat64(s.deleted_rows)) AS deleted_rows,
  argMax(tuple(s.last_analyzed_at), window_end).1 AS last_analyzed_at,
  argMax(tuple(s.last_vacuumed_at), window_end).1 AS last_vacuumed_at,
  dateDiff('millisecond', min(window_start), max(window_end)) / 1000 AS observed_s
FROM table_snapshots AS s
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
GROUP BY instance_id, database_name, schema_name, table_name
HAVING (instance_id, database_name, max(window_end)) IN (
  SELECT instance_id, database_name, max(window_end) FROM table_snapshots GROUP BY instance_id, database_name
)
ORDER BY instance_id, database_name, schema_name, table_name;
