-- Which rows did the collector keep out, and why? instance_id: '' for all. One line per aspect, table, check and reason:
-- how many, when last, and the newest one's ids, times and numbers as JSON.
CREATE OR REPLACE VIEW quarantine_summary AS
SELECT
  instance_id,
  aspect,
  table_name,
  check_name,
  reason,
  toFloat64(count()) AS quarantined_rows,
  max(observed_at) AS last_seen_at,
  argMax(row, observed_at) AS example
FROM quarantined_rows
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
  AND observed_at > {from:DateTime64(3, 'UTC')}
  AND observed_at <= {to:DateTime64(3, 'UTC')}
GROUP BY instance_id, aspect, table_name, check_name, reason
ORDER BY quarantined_rows DESC, instance_id, aspect, table_name, check_name, reason;
