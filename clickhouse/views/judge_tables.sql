-- Tables before and after an onset: sizes, and how stale the optimizer's view of them is.
CREATE OR REPLACE VIEW judge_tables AS
SELECT
    database_name,
    schema_name,
    table_name,
    toFloat64(argMaxIf(live_rows, window_end, window_end <= {onset_at:DateTime64(3, 'UTC')})) AS rows_before,
    toFloat64(argMax(live_rows, window_end)) AS rows_after,
    toFloat64(argMaxIf(dead_rows, window_end, window_end <= {onset_at:DateTime64(3, 'UTC')})) AS dead_rows_before,
    toFloat64(argMax(dead_rows, window_end)) AS dead_rows_after,
    toFloat64(argMax(modified_since_analyze_rows, window_end)) AS modified_rows,
    argMax(estimated_rows, window_end) AS estimated_rows,
    countIf(window_end <= {onset_at:DateTime64(3, 'UTC')}) > 0 AS is_known_before,
    countIf(window_end > {onset_at:DateTime64(3, 'UTC')}) > 0 AS is_known_after
FROM table_snapshots
WHERE instance_id = {instance_id:String}
    AND window_end > {since:DateTime64(3, 'UTC')}
    AND window_end <= {as_of:DateTime64(3, 'UTC')}
GROUP BY database_name, schema_name, table_name
