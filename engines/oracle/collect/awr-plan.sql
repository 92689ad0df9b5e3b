-- Reads DBA_HIST_SQL_PLAN (Diagnostics Pack): one plan that AWR kept. Conditions are missing before 21c. Needs READ.
SELECT id, parent_id, position, operation, options, object_owner, object_name, object_type, cost, cardinality, bytes,
  partition_start, partition_stop, access_predicates, filter_predicates
FROM dba_hist_sql_plan
WHERE dbid = :dbid AND sql_id = :sql_id AND plan_hash_value = :plan_hash_value
