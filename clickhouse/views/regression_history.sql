-- What has happened to this regression, oldest first? payload: JSON of the judgement, '' for a person's answer.
CREATE OR REPLACE VIEW regression_history AS
SELECT kind, occurred_at, actor, note, payload
FROM regression_events
WHERE regression_id = {regression_id:String}
ORDER BY recorded_at, occurred_at;
