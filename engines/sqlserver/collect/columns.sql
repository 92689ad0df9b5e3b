-- Reads the columns of the user tables of this database: names and types, never values. Lengths are bytes, -1 is max.
-- Needs VIEW DEFINITION.
SELECT s.name AS schema_name, t.name AS table_name, c.name AS column_name, c.column_id, y.name AS type_name,
  CAST(c.max_length AS int) AS max_length, CAST(c.precision AS int) AS precision_digits,
  CAST(c.scale AS int) AS scale_digits, CAST(c.is_nullable AS int) AS is_nullable
FROM sys.columns AS c
JOIN sys.tables AS t ON t.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = t.schema_id
JOIN sys.types AS y ON y.user_type_id = c.user_type_id
WHERE t.is_ms_shipped = 0
