-- Reads the status counters and gauges of the whole server that metrics.ts names. {{table}} shows them without a grant.
SELECT LOWER(VARIABLE_NAME) AS name, VARIABLE_VALUE AS value FROM {{table}} WHERE LOWER(VARIABLE_NAME) IN ({{names}})
