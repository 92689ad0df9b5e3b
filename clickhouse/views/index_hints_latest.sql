-- Which indexes did the server itself miss while it planned? instance_id: '' for all.
-- Only those in the newest list of their database. uses: plans that would have used it, over the counted_s seconds that
-- the server counts; average_cost: of such a plan, in the optimizer's unit; impact_ratio: share of it that it hopes to save.
CREATE OR REPLACE VIEW index_hints_latest AS
SELECT
  instance_id,
  database_name,
  schema_name,
  table_name,
  h.observed_at AS observed_at,
  equality_columns,
  inequality_columns,
  included_columns,
  toFloat64(h.uses) AS uses,
  toFloat64(h.counted_s) AS counted_s,
  average_cost,
  impact_ratio
FROM index_hint_snapshots AS h
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
  AND (instance_id, database_name, h.observed_at) IN (
    SELECT instance_id, database_name, max(observed_at) FROM index_hint_snapshots GROUP BY instance_id, database_name
  )
ORDER BY instance_id, database_name, uses * average_cost * impact_ratio DESC, schema_name, table_name, equality_columns;
