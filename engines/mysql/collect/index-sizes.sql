-- Reads sizes of InnoDB indexes from the persistent statistics, touching no table. Needs SELECT ON
-- mysql.innodb_index_stats.
SELECT database_name AS schema_name, table_name, index_name, SUM(stat_value) * @@innodb_page_size AS size_bytes
FROM mysql.innodb_index_stats
WHERE stat_name = 'size'
GROUP BY database_name, table_name, index_name
