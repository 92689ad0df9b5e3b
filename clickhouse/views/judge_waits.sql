-- A query's sampled waits per second, before and since an onset, cpu left out.
CREATE OR REPLACE VIEW judge_waits AS
SELECT
    wait_class,
    wait_event,
    sumIf(toFloat64(sampled_time_us), window_end <= {onset_at:DateTime64(3, 'UTC')})
        / greatest(0.001, toFloat64(dateDiff('millisecond', {since:DateTime64(3, 'UTC')}, {onset_at:DateTime64(3, 'UTC')})) / 1000) / 1e6 AS load_before,
    sumIf(toFloat64(sampled_time_us), window_end > {onset_at:DateTime64(3, 'UTC')})
        / greatest(0.001, toFloat64(dateDiff('millisecond', {onset_at:DateTime64(3, 'UTC')}, {as_of:DateTime64(3, 'UTC')})) / 1000) / 1e6 AS load_after,
    toFloat64(sumIf(samples, window_end > {onset_at:DateTime64(3, 'UTC')})) AS samples_after
FROM wait_deltas
WHERE instance_id = {instance_id:String}
    AND query_hash = {query_hash:String}
    AND wait_class != 'cpu'
    AND window_end > {since:DateTime64(3, 'UTC')}
    AND window_end <= {as_of:DateTime64(3, 'UTC')}
GROUP BY wait_class, wait_event
ORDER BY load_after DESC
