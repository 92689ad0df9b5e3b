-- Which regressions are there, and in what state?
-- instance_id, state: '' for all. state: of the newest event that changes it (opened and opted_in make it open); updated
-- and notes do not. opened_at: the newest opening. payload: the newest judgement as JSON; the columns before it are read
-- from it. Ratios: 2 is twice the baseline.
CREATE OR REPLACE VIEW regressions_latest AS
WITH latest AS (
  SELECT
    regression_id,
    any(regression_events.instance_id) AS of_instance,
    any(regression_events.query_hash) AS of_query,
    argMaxIf(
      multiIf(kind IN ('opened', 'opted_in'), 'open', kind),
      (recorded_at, occurred_at),
      kind IN ('opened', 'acknowledged', 'resolved', 'opted_out', 'opted_in')
    ) AS state_now,
    maxIf(occurred_at, kind = 'opened') AS newest_opened_at,
    max(occurred_at) AS newest_at,
    argMaxIf(payload, (recorded_at, occurred_at), payload != '') AS judgement
  FROM regression_events
  WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
  GROUP BY regression_id
)
SELECT
  latest.regression_id AS regression_id,
  latest.of_instance AS instance_id,
  latest.of_query AS query_hash,
  texts.template AS template,
  latest.state_now AS state,
  latest.newest_opened_at AS opened_at,
  latest.newest_at AS updated_at,
  JSONExtractString(latest.judgement, 'severity') AS severity,
  JSONExtractString(latest.judgement, 'kind') AS kind,
  ifNull(parseDateTime64BestEffortOrNull(JSONExtractString(latest.judgement, 'onset_at'), 3, 'UTC'), latest.newest_opened_at) AS onset_at,
  JSONExtractFloat(latest.judgement, 'effect_ratio') AS effect_ratio,
  JSONExtractFloat(latest.judgement, 'extra_seconds_per_day') AS extra_seconds_per_day,
  JSONExtractString(latest.judgement, 'cause', 'kind') AS cause_kind,
  JSONExtractString(latest.judgement, 'cause', 'sentence') AS cause_sentence,
  JSONExtractString(latest.judgement, 'group_id') AS group_id,
  latest.judgement AS payload
FROM latest
LEFT JOIN (
  SELECT instance_id, query_hash, template FROM queries FINAL
  WHERE (instance_id, query_hash) IN (SELECT of_instance, of_query FROM latest)
) AS texts ON texts.instance_id = latest.of_instance AND texts.query_hash = latest.of_query
WHERE {state:String} = '' OR state_now = {state:String}
ORDER BY extra_seconds_per_day DESC, regression_id;
