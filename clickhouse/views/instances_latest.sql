-- Which instances are watched, and what are they? instance_id: '' for all. abilities: what this server can give.
CREATE OR REPLACE VIEW instances_latest AS
SELECT instance_id, engine, engine_label, server_version, abilities, started_at, is_enabled, observed_at
FROM instances FINAL
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
ORDER BY instance_id;
