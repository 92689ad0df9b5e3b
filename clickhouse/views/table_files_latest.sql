-- Of what files are the tables of a lakehouse made? instance_id: '' for all.
-- The newest count of each table in the 35 days that counts are kept: tables are counted in turn, some at a time.
-- small files: below small_file_bytes, what compaction would rewrite; small_size_bytes is what they hold.
CREATE OR REPLACE VIEW table_files_latest AS
SELECT
  instance_id,
  database_name,
  schema_name,
  table_name,
  s.observed_at AS observed_at,
  file_format,
  toFloat64(s.files) AS files,
  toFloat64(s.size_bytes) AS size_bytes,
  toFloat64(s.row_count) AS row_count,
  toFloat64(s.small_file_bytes) AS small_file_bytes,
  toFloat64(s.small_files) AS small_files,
  toFloat64(s.small_size_bytes) AS small_size_bytes,
  toFloat64(s.partitions) AS partitions
FROM table_file_snapshots AS s
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
ORDER BY instance_id, database_name, schema_name, table_name, s.observed_at DESC
LIMIT 1 BY instance_id, database_name, schema_name, table_name;
