-- For an alert rule: every aspect of every instance. value: 1 when it is degraded, denied, failed or backing off, else 0;
-- the rest are labels.
CREATE OR REPLACE VIEW alert_aspects AS
SELECT
  instance_id,
  aspect,
  state,
  fix,
  if(toString(state) IN ('degraded', 'denied', 'failed', 'backing_off'), 1., 0.) AS value
FROM aspects_latest(instance_id = '')
ORDER BY instance_id, aspect;
