-- Reads how many of the common statement kinds are not counted or not timed.
SELECT COUNT(*) AS missing FROM performance_schema.setup_instruments
WHERE NAME IN ('statement/sql/select', 'statement/sql/insert', 'statement/sql/update', 'statement/sql/delete')
  AND NOT (ENABLED = 'YES' AND TIMED = 'YES')
