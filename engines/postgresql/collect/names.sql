-- Reads the names of databases and roles. No privilege.
SELECT 'database' AS kind, oid::text, datname::text AS name FROM pg_database
UNION ALL
SELECT 'role', oid::text, rolname::text FROM pg_roles
