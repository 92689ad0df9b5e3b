-- Which recommendations are there, and in what state?
-- instance_id, state: '' for all. state: of the newest event that changes it; noted and measured do not. proposed_at: the
-- first proposal. applied_at: null until applied. verdict: of the newest measurement, '' when none. payload,
-- measurement: JSON; the other columns are read from them. saved_seconds_per_day: null when no honest estimate exists.
CREATE OR REPLACE VIEW recommendations_latest AS
WITH latest AS (
  SELECT
    recommendation_id,
    any(recommendation_events.instance_id) AS of_instance,
    argMaxIf(
      kind,
      (recorded_at, occurred_at),
      kind IN ('proposed', 'accepted', 'dismissed', 'started', 'applied', 'withdrawn')
    ) AS state_now,
    minIf(occurred_at, kind = 'proposed') AS first_proposed_at,
    max(occurred_at) AS newest_at,
    argMaxIf(occurred_at, recorded_at, kind = 'applied') AS newest_applied_at,
    countIf(kind = 'applied') AS applied_count,
    argMaxIf(payload, (recorded_at, occurred_at), kind = 'proposed') AS proposal,
    argMaxIf(payload, (recorded_at, occurred_at), kind = 'measured') AS newest_measurement
  FROM recommendation_events
  WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
  GROUP BY recommendation_id
)
SELECT
  recommendation_id,
  of_instance AS instance_id,
  state_now AS state,
  JSONExtractString(proposal, 'detector') AS detector,
  JSONExtractString(proposal, 'action', 'kind') AS action_kind,
  JSONExtractString(proposal, 'severity') AS severity,
  JSONExtractString(proposal, 'title') AS title,
  JSONExtractString(proposal, 'proof') AS proof,
  JSONExtract(proposal, 'saved_seconds_per_day', 'value', 'Nullable(Float64)') AS saved_seconds_per_day,
  first_proposed_at AS proposed_at,
  newest_at AS updated_at,
  if(applied_count > 0, newest_applied_at, NULL) AS applied_at,
  JSONExtractString(newest_measurement, 'verdict') AS verdict,
  proposal AS payload,
  newest_measurement AS measurement
FROM latest
WHERE {state:String} = '' OR state_now = {state:String}
ORDER BY saved_seconds_per_day DESC NULLS LAST, recommendation_id;
