-- For an alert rule: every open regression. value: how many times slower than its baseline; the rest are labels, and
-- cause is the kind of cause, because a sentence that changes would start the alert anew. No rows: nothing is open.
CREATE OR REPLACE VIEW alert_regressions AS
SELECT instance_id, query_hash, regression_id, severity, cause_kind AS cause, effect_ratio AS value
FROM regressions_latest(instance_id = '', state = 'open')
ORDER BY instance_id, query_hash, regression_id;
