-- Applied recommendations with their proposal and the newest measurement, as known at a moment.
CREATE OR REPLACE VIEW judge_applied AS
SELECT
    recommendation_id,
    first_applied_at AS applied_at,
    newest_proposal AS payload,
    newest_measurement AS measurement,
    newest_measured_note AS measured_note
FROM
(
    -- Inside one SELECT an alias named like a column stands for it in the other aggregates too.
    SELECT
        recommendation_id,
        minIf(occurred_at, kind = 'applied') AS first_applied_at,
        argMaxIf(payload, occurred_at, kind = 'proposed') AS newest_proposal,
        argMaxIf(payload, occurred_at, kind = 'measured') AS newest_measurement,
        argMaxIf(note, occurred_at, kind = 'measured') AS newest_measured_note,
        countIf(kind = 'applied') AS times_applied
    FROM recommendation_events
    WHERE instance_id = {instance_id:String} AND occurred_at <= {as_of:DateTime64(3, 'UTC')}
    GROUP BY recommendation_id
)
WHERE times_applied > 0
