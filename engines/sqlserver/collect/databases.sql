-- Reads the databases of the server and what may be read of them. No privilege. Ids up to 4 and from 32761 are the
-- system's own, rdsadmin is Amazon's.
SELECT d.database_id, d.name, d.state AS state, CAST(d.is_read_only AS int) AS is_read_only, HAS_DBACCESS(d.name) AS has_access
FROM sys.databases AS d
WHERE d.database_id > 4 AND d.database_id < 32761 AND d.name <> 'rdsadmin'
ORDER BY d.database_id
