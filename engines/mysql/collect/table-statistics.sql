-- Reads InnoDB's persistent statistics of tables, a row per partition, touching no table. Needs SELECT ON
-- mysql.innodb_table_stats.
SELECT database_name AS schema_name, table_name, n_rows AS row_count, clustered_index_size * @@innodb_page_size AS size_bytes,
  last_update AS analyzed_at
FROM mysql.innodb_table_stats
