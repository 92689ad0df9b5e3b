-- Which instances are watched, and what are they? instance_id: '' for all. abilities: what this server can give.
-- cluster_name: the same for a primary and its replicas, '' where nobody said. is_replica: follows another.
CREATE OR REPLACE VIEW instances_latest AS
SELECT instance_id, engine, engine_label, server_version, abilities, started_at, is_enabled, cluster_name, is_replica,
  observed_at
FROM instances FINAL
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
ORDER BY instance_id;
