-- What has happened to this recommendation, oldest first? payload: JSON of the recommendation (proposed) or of the
-- measurement (measured), '' otherwise.
CREATE OR REPLACE VIEW recommendation_history AS
SELECT kind, occurred_at, actor, note, payload
FROM recommendation_events
WHERE recommendation_id = {recommendation_id:String}
ORDER BY recorded_at, occurred_at;
