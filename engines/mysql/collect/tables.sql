-- Reads state and estimated size of the tables the account can see. MySQL keeps these figures for up to a day
-- (information_schema_stats_expiry); InnoDB's own statistics are newer where they may be read.
SELECT TABLE_SCHEMA AS schema_name, TABLE_NAME AS table_name, TABLE_ROWS AS row_count, DATA_LENGTH AS size_bytes
FROM information_schema.TABLES
WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
