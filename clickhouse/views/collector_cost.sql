-- What does reading cost each instance, per aspect?
-- instance_id: '' for all. from, to: the span of readings. Times in milliseconds per reading; over_budget: readings that
-- took longer than their budget.
CREATE OR REPLACE VIEW collector_cost AS
SELECT
  instance_id,
  aspect,
  toFloat64(count()) AS readings,
  avg(elapsed_ms) AS mean_elapsed_ms,
  max(elapsed_ms) AS max_elapsed_ms,
  sum(toFloat64(aspect_status.rows_read)) AS rows_read,
  toFloat64(countIf(elapsed_ms > budget_ms)) AS over_budget
FROM aspect_status
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
  AND observed_at >= {from:DateTime64(3, 'UTC')} AND observed_at < {to:DateTime64(3, 'UTC')}
GROUP BY instance_id, aspect
ORDER BY instance_id, aspect;
