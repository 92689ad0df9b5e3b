-- Reads the configuration of this database. Values are sql_variant. No privilege.
SELECT c.name, CAST(c.value AS nvarchar(400)) AS value
FROM sys.database_scoped_configurations AS c
