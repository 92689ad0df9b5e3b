-- Reads the server's configuration. Values are sql_variant. No privilege.
SELECT c.name, CAST(c.value AS bigint) AS value, CAST(c.value_in_use AS bigint) AS value_in_use,
  CAST(c.is_dynamic AS int) AS is_dynamic
FROM sys.configurations AS c
