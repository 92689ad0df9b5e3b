-- Reads how many tables the account can see at all: information_schema hides the others without a word.
SELECT COUNT(*) AS tables FROM information_schema.TABLES
WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
