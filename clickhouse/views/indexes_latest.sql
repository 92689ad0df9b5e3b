-- What indexes are there, how large, how used? instance_id: '' for all.
-- Definition and size are of the newest snapshot; scans is a sum over observed_s seconds (at most 35 days). Only indexes
-- in the newest snapshot of their database are given.
CREATE OR REPLACE VIEW indexes_latest AS
SELECT
  instance_id,
  database_name,
  schema_name,
  table_name,
  index_name,
  max(window_end) AS observed_at,
  argMax(s.method, window_end) AS method,
  argMax(s.key_columns, window_end) AS key_columns,
  argMax(s.included_columns, window_end) AS included_columns,
  argMax(s.predicate, window_end) AS predicate,
  argMax(s.is_unique, window_end) AS is_unique,
  argMax(s.backs_constraint, window_end) AS backs_constraint,
  argMax(s.is_valid, window_end) AS is_valid,
  argMax(s.definition, window_end) AS definition,
  toFloat64(argMax(s.size_bytes, window_end)) AS size_bytes,
  sum(toFloat64(s.scans)) AS scans,
  dateDiff('millisecond', min(window_start), max(window_end)) / 1000 AS observed_s
FROM index_snapshots AS s
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
GROUP BY instance_id, database_name, schema_name, table_name, index_name
HAVING (instance_id, database_name, max(window_end)) IN (
  SELECT instance_id, database_name, max(window_end) FROM index_snapshots GROUP BY instance_id, database_name
)
ORDER BY instance_id, database_name, schema_name, table_name, index_name;
