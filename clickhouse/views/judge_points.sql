-- One row per query with its detector points in order, as arrays of equal length: what toplevel statements did in each
-- point. Windows folded together at the outbox's bound are as long as several points and are left out; so is what
-- touches a restart and its grace. A window belongs to the point in which it ends; only ended points are told.
-- query_hashes: comma between them, '' means all. Times are ms since 1970. squares_us2 is 0 where the
-- source counts no squares.
CREATE OR REPLACE VIEW judge_points AS
SELECT
    query_hash,
    sorted.1 AS points,
    sorted.2 AS from_ms,
    sorted.3 AS to_ms,
    sorted.4 AS calls,
    sorted.5 AS times_us,
    sorted.6 AS squares_us2,
    sorted.7 AS returned_rows
FROM
(
    SELECT
        query_hash,
        arraySort(groupArray((point, point_from, point_to, point_calls, point_time_us, point_square_us2, point_rows))) AS sorted
    FROM
    (
        SELECT
            query_hash,
            floor((toUnixTimestamp64Milli(window_end) - 1) / ({point_s:Float64} * 1000)) AS point,
            toFloat64(toUnixTimestamp64Milli(min(window_start))) AS point_from,
            toFloat64(toUnixTimestamp64Milli(max(window_end))) AS point_to,
            toFloat64(sum(calls)) AS point_calls,
            toFloat64(sum(total_time_us)) AS point_time_us,
            if(countIf(percentile_origin != 'modelled') = 0, sum(sum_square_time_us2), 0) AS point_square_us2,
            toFloat64(sum(rows_returned)) AS point_rows
        FROM query_deltas
        WHERE instance_id = {instance_id:String}
            AND ({query_hashes:String} = '' OR has(splitByChar(',', {query_hashes:String}), query_hash))
            AND is_nested = 0
            AND window_end > {since:DateTime64(3, 'UTC')}
            AND window_end <= {as_of:DateTime64(3, 'UTC')}
            AND window_start >= {since:DateTime64(3, 'UTC')} - INTERVAL 1 DAY
            AND NOT has(flags, 'merged_window')
            AND NOT arrayExists(
                span -> window_end > span.1 AND window_start < span.2,
                (
                    SELECT groupArray((noticed_after, occurred_at + toIntervalMillisecond(toInt64({restart_grace_s:Float64} * 1000))))
                    FROM instance_events
                    WHERE instance_id = {instance_id:String}
                        AND kind IN ('restart', 'crash')
                        AND occurred_at <= {as_of:DateTime64(3, 'UTC')}
                ))
        GROUP BY query_hash, point
        HAVING point_calls > 0
            AND point_time_us > 0
            AND (point + 1) * {point_s:Float64} * 1000 <= toUnixTimestamp64Milli({as_of:DateTime64(3, 'UTC')})
    )
    GROUP BY query_hash
)
