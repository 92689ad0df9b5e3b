-- Reads how long the server ran statements of every kind, the ones without a digest among them; what runs inside a stored
-- program is counted there as a statement and left out as a step. No row when performance_schema is off. Needs SELECT ON
-- performance_schema.*.
SELECT 'statement_time_us' AS name, SUM(SUM_TIMER_WAIT) DIV 1000000 AS value
FROM performance_schema.events_statements_summary_global_by_event_name
WHERE EVENT_NAME LIKE 'statement/sql/%' OR EVENT_NAME LIKE 'statement/com/%'
HAVING value IS NOT NULL
