-- What did an instance's sessions do or wait for over time?
-- instance_id: '' for all together. from, to: the span, by each window's start. step_s: seconds per point.
-- load: sessions in this class at once on average, sampled time / step.
CREATE OR REPLACE VIEW instance_waits AS
SELECT
  toDateTime64(toStartOfInterval(window_start, toIntervalSecond(greatest(1, {step_s:UInt32}))), 3, 'UTC') AS point_at,
  wait_class,
  sum(toFloat64(sampled_time_us)) / 1e6 / greatest(1, {step_s:UInt32}) AS load
FROM wait_deltas
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
  AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
GROUP BY point_at, wait_class
ORDER BY point_at, wait_class;
