-- What did applied recommendations do, beside what was expected of them?
-- instance_id: '' for all. as_of: as known then. One row per recommendation with a final measurement and an expected
-- ratio in the proposal that was newest when it was first applied. Ratios are time after / before of its queries, with
-- their 80 % intervals: as its detector estimated (uncalibrated), as it was told, as it was measured (actual).
CREATE OR REPLACE VIEW estimate_outcomes AS
WITH applied AS (
  SELECT
    recommendation_id,
    any(recommendation_events.instance_id) AS of_instance,
    minIf(occurred_at, kind = 'applied') AS first_applied_at,
    arraySort(groupArrayIf((occurred_at, payload), kind = 'proposed' AND payload != '')) AS proposals,
    maxIf(occurred_at, kind = 'measured' AND note = 'final') AS final_at,
    argMaxIf(payload, (occurred_at, recorded_at), kind = 'measured' AND note = 'final') AS outcome,
    arrayLast(proposal -> proposal.1 <= first_applied_at, proposals).2 AS told
  FROM recommendation_events
  WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
    AND occurred_at <= {as_of:DateTime64(3, 'UTC')}
  GROUP BY recommendation_id
  HAVING countIf(kind = 'applied') > 0 AND countIf(kind = 'measured' AND note = 'final') > 0
)
SELECT
  recommendation_id,
  of_instance AS instance_id,
  known.engine AS engine,
  JSONExtractString(told, 'detector') AS detector,
  JSONExtractString(told, 'action', 'kind') AS action_kind,
  JSONExtractString(told, 'proof') AS proof,
  JSONExtractString(told, 'title') AS title,
  first_applied_at AS applied_at,
  final_at AS measured_at,
  JSONExtractString(outcome, 'verdict') AS verdict,
  JSONExtractFloat(outcome, 'control_queries') AS control_queries,
  JSONExtractFloat(told, 'expected_time_ratio', 'uncalibrated', 'value') AS uncalibrated_ratio,
  JSONExtractFloat(told, 'expected_time_ratio', 'uncalibrated', 'low') AS uncalibrated_low,
  JSONExtractFloat(told, 'expected_time_ratio', 'uncalibrated', 'high') AS uncalibrated_high,
  JSONExtractFloat(told, 'expected_time_ratio', 'told', 'value') AS told_ratio,
  JSONExtractFloat(told, 'expected_time_ratio', 'told', 'low') AS told_low,
  JSONExtractFloat(told, 'expected_time_ratio', 'told', 'high') AS told_high,
  JSONExtractFloat(outcome, 'time_ratio', 'value') AS actual_ratio,
  JSONExtractFloat(outcome, 'time_ratio', 'low') AS actual_low,
  JSONExtractFloat(outcome, 'time_ratio', 'high') AS actual_high
FROM applied
LEFT JOIN (SELECT instance_id, engine FROM instances FINAL) AS known ON known.instance_id = applied.of_instance
WHERE JSONHas(told, 'expected_time_ratio')
ORDER BY measured_at DESC, recommendation_id;
