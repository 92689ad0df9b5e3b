-- Which plans has this query had, newest first?
-- total_cost: the optimizer's own unit. origin: generic (planned from the template) or sampled (from a run). tree: JSON.
CREATE OR REPLACE VIEW query_plans AS
SELECT
  plan_hash,
  toDateTime64(first_observed_at, 3, 'UTC') AS first_seen_at,
  toDateTime64(observed_at, 3, 'UTC') AS last_seen_at,
  toFloat64(p.total_cost) AS total_cost,
  toString(p.origin) AS origin,
  toString(p.tree) AS tree
FROM (SELECT * FROM plans FINAL) AS p
WHERE instance_id = {instance_id:String} AND query_hash = {query_hash:String}
ORDER BY last_seen_at DESC, first_seen_at DESC, plan_hash;
