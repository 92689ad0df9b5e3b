-- The newest baseline of each query at a moment: its slots of the hours between since and as_of, as arrays of equal
-- length. query_hashes: comma between them, '' means all. The table keeps older computations until its parts merge, hence the filter.
CREATE OR REPLACE VIEW judge_baselines AS
SELECT
    query_hash,
    newest AS computed_at,
    any_origin AS percentile_origin,
    kept.2 AS scopes,
    kept.3 AS slots,
    kept.4 AS points,
    kept.5 AS medians_ln_us,
    kept.6 AS sigmas_ln,
    kept.7 AS autocorrelations,
    kept.8 AS long_autocorrelations,
    kept.9 AS calls_per_point,
    kept.10 AS rows_per_call
FROM
(
    SELECT
        query_hash,
        max(computed_at) AS newest,
        argMax(baselines.percentile_origin, computed_at) AS any_origin,
        arrayFilter(
            one -> one.1 = newest,
            groupArrayIf(
                (computed_at, scope, slot, baselines.points, median_ln_us, sigma_ln, autocorrelation, long_autocorrelation, baselines.calls_per_point, baselines.rows_per_call),
                scope = 'global'
                OR scope = 'hour_of_week'
                    AND (toInt32(slot) - ((toDayOfWeek({since:DateTime64(3, 'UTC')}) - 1) * 24 + toHour({since:DateTime64(3, 'UTC')})) + 168) % 168
                        <= dateDiff('hour', {since:DateTime64(3, 'UTC')}, {as_of:DateTime64(3, 'UTC')})
                OR scope = 'hour_of_day'
                    AND (toInt32(slot) % 24 - toHour({since:DateTime64(3, 'UTC')}) + 24) % 24
                        <= dateDiff('hour', {since:DateTime64(3, 'UTC')}, {as_of:DateTime64(3, 'UTC')})
            )) AS kept
    FROM baselines
    WHERE instance_id = {instance_id:String}
        AND ({query_hashes:String} = '' OR has(splitByChar(',', {query_hashes:String}), query_hash))
        AND computed_at <= {as_of:DateTime64(3, 'UTC')}
    GROUP BY query_hash
)
