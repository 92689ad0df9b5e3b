-- How many entities have features as of exactly this moment?
CREATE OR REPLACE VIEW judge_features AS
SELECT toUInt32(uniqExact(entity_kind, instance_id, query_hash)) AS entities
FROM features
WHERE as_of = {as_of:DateTime64(3, 'UTC')};
