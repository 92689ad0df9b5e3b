-- Reads how often any prepared statement was run since the start of the server, whoever closed it since.
SELECT COUNT_STAR AS calls FROM performance_schema.events_statements_summary_global_by_event_name
WHERE EVENT_NAME = 'statement/com/Execute'
