-- What happened on the instance, as known at a moment.
CREATE OR REPLACE VIEW judge_events AS
SELECT occurred_at, noticed_after, kind, database_name, object_name, subject, query_hash, before, after
FROM instance_events
WHERE instance_id = {instance_id:String}
    AND occurred_at > {since:DateTime64(3, 'UTC')}
    AND noticed_after < {until:DateTime64(3, 'UTC')}
    AND occurred_at <= {as_of:DateTime64(3, 'UTC')}
ORDER BY occurred_at, kind, object_name, subject
