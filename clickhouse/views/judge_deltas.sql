-- The raw windows of one query, toplevel, in order: what a change is dated with.
CREATE OR REPLACE VIEW judge_deltas AS
SELECT
    window_start,
    window_end,
    toFloat64(sum(calls)) AS window_calls,
    toFloat64(sum(total_time_us)) AS window_time_us
FROM query_deltas
WHERE instance_id = {instance_id:String}
    AND query_hash = {query_hash:String}
    AND is_nested = 0
    AND window_end > {since:DateTime64(3, 'UTC')}
    AND window_end <= {as_of:DateTime64(3, 'UTC')}
GROUP BY window_start, window_end
HAVING window_calls > 0 AND window_time_us > 0
ORDER BY window_end
