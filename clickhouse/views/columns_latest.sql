-- What columns are there, and what does the optimizer know of their values? instance_id: '' for all.
-- n_distinct: above 0 a count, below 0 minus the share of rows; nulls where never analyzed. Ratios 0 to 1.
CREATE OR REPLACE VIEW columns_latest AS
SELECT
  instance_id, database_name, schema_name, table_name, column_name, ordinal, observed_at, data_type, is_nullable,
  n_distinct, null_ratio, average_width_bytes, correlation
FROM column_snapshots
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
ORDER BY instance_id, database_name, schema_name, table_name, column_name, observed_at DESC
LIMIT 1 BY instance_id, database_name, schema_name, table_name, column_name;
