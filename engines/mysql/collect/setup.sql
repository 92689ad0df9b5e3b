-- Reads what performance_schema is told to count.
SELECT NAME AS name, ENABLED AS is_enabled FROM performance_schema.setup_consumers
