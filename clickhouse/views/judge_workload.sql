-- The dearest queries of a span, each with what it does and its newest plan: what detectors are given. Statements run
-- inside functions are left out, because their time is in the outer call. span_s is how long the instance was watched.
CREATE OR REPLACE VIEW judge_workload AS
WITH
    measured AS
    (
        SELECT
            query_hash,
            database_name,
            sum(query_deltas.calls) AS calls_sum,
            sum(query_deltas.total_time_us) AS total_time_us_sum,
            sum(query_deltas.rows_returned) AS rows_returned_sum,
            sum(query_deltas.logical_read_bytes) AS logical_read_bytes_sum,
            sum(query_deltas.temp_written_bytes) AS temp_written_bytes_sum
        FROM query_deltas
        WHERE instance_id = {instance_id:String}
            AND window_end > {since:DateTime64(3, 'UTC')}
            AND window_end <= {as_of:DateTime64(3, 'UTC')}
            AND is_nested = 0
        GROUP BY query_hash, database_name
        HAVING calls_sum > 0
        ORDER BY total_time_us_sum DESC, query_hash, database_name
        LIMIT {limit:UInt32}
    ),
    watched AS
    (
        SELECT dateDiff('millisecond', min(window_start), max(window_end)) / 1000 AS span_s
        FROM query_deltas
        WHERE instance_id = {instance_id:String}
            AND window_end > {since:DateTime64(3, 'UTC')}
            AND window_end <= {as_of:DateTime64(3, 'UTC')}
    ),
    texts AS
    (
        SELECT query_hash, argMax(template, observed_at) AS template, argMax(features, observed_at) AS features
        FROM queries
        WHERE instance_id = {instance_id:String}
        GROUP BY query_hash
    ),
    newest_plans AS
    (
        SELECT query_hash, argMax(tree, observed_at) AS plan
        FROM plans
        WHERE instance_id = {instance_id:String} AND first_observed_at <= {as_of:DateTime64(3, 'UTC')}
        GROUP BY query_hash
    )
SELECT
    measured.query_hash AS query_hash,
    measured.database_name AS database_name,
    texts.template AS template,
    texts.features AS features,
    toFloat64(measured.calls_sum) AS calls,
    toFloat64(measured.total_time_us_sum) AS total_time_us,
    toFloat64(measured.rows_returned_sum) AS rows_returned,
    toFloat64(measured.logical_read_bytes_sum) AS logical_read_bytes,
    toFloat64(measured.temp_written_bytes_sum) AS temp_written_bytes,
    toFloat64(watched.span_s) AS span_s,
    newest_plans.plan AS plan
FROM measured
CROSS JOIN watched
INNER JOIN texts ON texts.query_hash = measured.query_hash
LEFT JOIN newest_plans ON newest_plans.query_hash = measured.query_hash
ORDER BY total_time_us DESC, query_hash, database_name
