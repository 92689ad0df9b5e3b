-- The queries an instance ran in a span, each with when its newest baseline was computed (1970 when never) and whether
-- that one knows hours of the week: whose baselines to learn.
CREATE OR REPLACE VIEW judge_due AS
SELECT ran.query_hash AS query_hash, known.newest AS computed_at, known.newest_week = known.newest AND known.newest_week > 0 AS is_mature
FROM
(
    SELECT DISTINCT toString(query_hash) AS query_hash
    FROM query_deltas
    WHERE instance_id = {instance_id:String}
        AND is_nested = 0
        AND window_end > {since:DateTime64(3, 'UTC')}
        AND window_end <= {as_of:DateTime64(3, 'UTC')}
) AS ran
LEFT JOIN
(
    SELECT query_hash, max(computed_at) AS newest, maxIf(computed_at, scope = 'hour_of_week') AS newest_week
    FROM baselines
    WHERE instance_id = {instance_id:String} AND computed_at <= {as_of:DateTime64(3, 'UTC')}
    GROUP BY query_hash
) AS known ON known.query_hash = ran.query_hash
ORDER BY query_hash
SETTINGS join_use_nulls = 0
