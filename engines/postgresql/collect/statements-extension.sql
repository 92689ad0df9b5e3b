-- Reads where pg_stat_statements is installed in this database, and which version the server could give. No privilege.
SELECT e.extversion AS version, n.nspname AS schema_name, a.default_version AS available_version
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
LEFT JOIN pg_available_extensions a ON a.name = e.extname
WHERE e.extname = 'pg_stat_statements'
