-- The state of each regression at a moment, newest payload and who closed it; what judging was told up to then.
CREATE OR REPLACE VIEW judge_regressions AS
SELECT
    regression_id,
    of_query AS query_hash,
    if(newest_kind IN ('opened', 'opted_in'), 'open', newest_kind) AS state,
    newest_payload AS payload,
    newest_resolved_at AS resolved_at,
    newest_resolver AS resolved_by,
    first_at AS opened_at,
    newest_at AS updated_at
FROM
(
    -- Inside one SELECT an alias named like a column stands for it in the other aggregates too.
    SELECT
        regression_id,
        any(query_hash) AS of_query,
        argMaxIf(kind, (occurred_at, recorded_at), kind != 'updated') AS newest_kind,
        argMaxIf(payload, (occurred_at, recorded_at), payload != '') AS newest_payload,
        maxIf(occurred_at, kind = 'resolved') AS newest_resolved_at,
        argMaxIf(actor, occurred_at, kind = 'resolved') AS newest_resolver,
        min(occurred_at) AS first_at,
        max(occurred_at) AS newest_at
    FROM regression_events
    WHERE instance_id = {instance_id:String} AND occurred_at <= {as_of:DateTime64(3, 'UTC')}
    GROUP BY regression_id
)
