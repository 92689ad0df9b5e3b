-- Database seconds per second of an instance in a span.
CREATE OR REPLACE VIEW judge_load AS
SELECT
    toFloat64(sum(total_time_us)) / 1e6
        / greatest(0.001, toFloat64(dateDiff('millisecond', {since:DateTime64(3, 'UTC')}, {as_of:DateTime64(3, 'UTC')})) / 1000) AS load
FROM query_deltas
WHERE instance_id = {instance_id:String}
    AND is_nested = 0
    AND window_end > {since:DateTime64(3, 'UTC')}
    AND window_end <= {as_of:DateTime64(3, 'UTC')}
