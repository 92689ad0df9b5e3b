-- How good are our estimates, by engine, action and proof?
-- instance_id: '' for all. as_of: as known then. Over applied recommendations with a final measurement that was made
-- against control queries. Errors: mean of |expected ratio − measured ratio|, ratios being time after / before, as the
-- detector estimated (uncalibrated) and as told. inside_share: measured inside the told 80 % interval, so 0.8 is right.
-- direction_share: faster where a saving was told, slower where a loss was. Biases: geometric mean of measured /
-- expected; above 1 the estimates promise too much.
CREATE OR REPLACE VIEW model_accuracy AS
SELECT
  engine,
  action_kind,
  proof,
  toFloat64(count()) AS outcomes,
  avg(abs(uncalibrated_ratio - actual_ratio)) AS uncalibrated_error,
  avg(abs(told_ratio - actual_ratio)) AS told_error,
  avg(actual_ratio BETWEEN told_low AND told_high) AS inside_share,
  avg((told_ratio <= 1) = (actual_ratio <= 1)) AS direction_share,
  exp(avg(log(actual_ratio / uncalibrated_ratio))) AS uncalibrated_bias,
  exp(avg(log(actual_ratio / told_ratio))) AS told_bias
FROM estimate_outcomes(instance_id = {instance_id:String}, as_of = {as_of:DateTime64(3, 'UTC')})
WHERE control_queries > 0 AND uncalibrated_ratio > 0 AND told_ratio > 0 AND actual_ratio > 0
GROUP BY engine, action_kind, proof
ORDER BY outcomes DESC, engine, action_kind, proof;
