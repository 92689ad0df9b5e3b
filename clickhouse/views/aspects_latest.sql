-- What is collected from each instance, and what is wrong with it? instance_id: '' for all. The newest reading of each
-- aspect: elapsed_ms and rows_read of it, the budget it has, and fix: the statement or setting that mends it.
CREATE OR REPLACE VIEW aspects_latest AS
SELECT instance_id, aspect, observed_at, state, message, fix, elapsed_ms, rows_read, budget_ms, interval_s
FROM aspect_status
WHERE (instance_id, aspect, observed_at) IN (
  SELECT instance_id, aspect, max(observed_at) FROM aspect_status
  WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
  GROUP BY instance_id, aspect
)
ORDER BY instance_id, aspect
LIMIT 1 BY instance_id, aspect;
