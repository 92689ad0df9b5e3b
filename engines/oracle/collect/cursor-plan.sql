-- Reads GV$SQL_PLAN (no licence): one cached plan, with its conditions. One child cursor: they all have this plan. Needs READ.
SELECT id, parent_id, position, operation, options, object_owner, object_name, object_type, cost, cardinality, bytes,
  partition_start, partition_stop, access_predicates, filter_predicates
FROM gv$sql_plan p
WHERE sql_id = :sql_id AND plan_hash_value = :plan_hash_value AND inst_id = :inst_id
  AND child_number = (SELECT MIN(c.child_number) FROM gv$sql_plan c
    WHERE c.sql_id = p.sql_id AND c.plan_hash_value = p.plan_hash_value AND c.inst_id = p.inst_id)
