-- What is this query: its text without literals, what it does, where and since when it runs?
-- first_seen_at, last_seen_at: start of the first and end of the last window it ran in; of the text where none is kept.
CREATE OR REPLACE VIEW query_summary AS
WITH seen AS (
  SELECT
    groupUniqArray(database_name) AS names,
    min(toDateTime64(first_window_start, 3, 'UTC')) AS first_at,
    max(toDateTime64(last_window_end, 3, 'UTC')) AS last_at,
    count() AS days
  FROM query_daily
  WHERE instance_id = {instance_id:String} AND query_hash = {query_hash:String}
)
SELECT
  queries.instance_id AS instance_id,
  queries.query_hash AS query_hash,
  queries.dialect AS dialect,
  queries.statement_class AS statement_class,
  queries.template AS template,
  queries.hints AS hints,
  queries.is_truncated AS is_truncated,
  queries.feature_source AS feature_source,
  queries.features AS features,
  arraySort(seen.names) AS database_names,
  if(seen.days > 0, seen.first_at, queries.observed_at) AS first_seen_at,
  if(seen.days > 0, seen.last_at, queries.observed_at) AS last_seen_at
FROM (
  SELECT * FROM queries FINAL WHERE instance_id = {instance_id:String} AND query_hash = {query_hash:String}
) AS queries
CROSS JOIN seen;
