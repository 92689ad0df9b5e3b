-- Reads the showplan XML of the given plans: a dear column, so only for plans not yet known. Needs VIEW DATABASE STATE.
SELECT p.plan_id, p.query_plan
FROM sys.query_store_plan AS p
WHERE p.plan_id IN ({{ids}})
