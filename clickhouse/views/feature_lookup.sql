-- What are the features of this query on this instance, of its statement and of the instance, as known at a moment?
-- At most three rows, the newest of each entity_kind (statement, query, instance) not after as_of; query_hash '': of the
-- instance alone. version: of the feature set. features: counts and reals by name, as float64; a feature that could not be
-- worked out is not in it. lists: names. Names, units, meanings: docs/generated/features.md.
CREATE OR REPLACE VIEW feature_lookup AS
SELECT
  entity_kind,
  feature_set_version,
  as_of,
  mapConcat(mapApply((name, value) -> (toString(name), toFloat64(value)), counts), mapApply((name, value) -> (toString(name), value), reals)) AS features,
  mapApply((name, value) -> (toString(name), value), lists) AS lists
FROM features
WHERE (entity_kind, instance_id, query_hash) IN (
    ('statement', '', if({query_hash:String} = '', '-', {query_hash:String})),
    ('query', {instance_id:String}, if({query_hash:String} = '', '-', {query_hash:String})),
    ('instance', {instance_id:String}, '')
  )
  AND feature_set_version = {version:UInt16}
  AND as_of <= {as_of:DateTime64(3, 'UTC')}
ORDER BY entity_kind, as_of DESC, computed_at DESC
LIMIT 1 BY entity_kind;
