-- Reads version, edition and who we are. No privilege. Editions: 2 Standard, 3 Enterprise, 4 Express, 5 Azure SQL
-- Database, 8 Managed Instance.
SELECT CAST(SERVERPROPERTY('ProductVersion') AS varchar(128)) AS server_version,
  CAST(SERVERPROPERTY('Edition') AS varchar(128)) AS edition,
  CAST(SERVERPROPERTY('EngineEdition') AS int) AS engine_edition,
  SUSER_SNAME() AS user_name, DB_NAME() AS database_name, IS_SRVROLEMEMBER('sysadmin') AS is_sysadmin
