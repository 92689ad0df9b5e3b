-- What happened on an instance in the span: restarts, resets, plans, indexes, settings, newest first?
-- instance_id: '' for all. from, to: the span of occurred_at. It happened after noticed_after and not after occurred_at.
CREATE OR REPLACE VIEW instance_event_list AS
SELECT instance_id, occurred_at, noticed_after, kind, database_name, object_name, subject, query_hash, before, after
FROM instance_events
WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
  AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
ORDER BY occurred_at DESC, instance_id, kind, object_name, subject;
