-- What did this query wait for in the span?
-- from, to: the span, by each window's start. sampled_time_s: samples x sampling interval. share: 0 to 1 of all its
-- sampled time, running on the CPU included.
CREATE OR REPLACE VIEW query_waits AS
SELECT
  wait_class,
  wait_event,
  sum(toFloat64(sampled_time_us)) / 1e6 AS sampled_time_s,
  ifNotFinite(sampled_time_s / sum(sampled_time_s) OVER (), 0) AS share
FROM wait_deltas
WHERE instance_id = {instance_id:String} AND query_hash = {query_hash:String}
  AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
GROUP BY wait_class, wait_event
ORDER BY sampled_time_s DESC, wait_class, wait_event;
