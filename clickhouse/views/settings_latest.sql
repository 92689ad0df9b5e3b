-- What are an instance's settings now, and since when? instance_id: '' for all. observed_at: when this value was first seen.
CREATE OR REPLACE VIEW settings_latest AS
SELECT instance_id, observed_at, name, value, unit, source, change_needs, pending_restart
FROM setting_snapshots
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
ORDER BY instance_id, name, observed_at DESC
LIMIT 1 BY instance_id, name;
