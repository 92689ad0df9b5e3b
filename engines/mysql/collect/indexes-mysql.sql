-- Reads the columns of the indexes of all tables the account can see, one row each.
SELECT TABLE_SCHEMA AS schema_name, TABLE_NAME AS table_name, INDEX_NAME AS index_name, NON_UNIQUE AS is_not_unique,
  SEQ_IN_INDEX AS place, COLUMN_NAME AS column_name, EXPRESSION AS expression, SUB_PART AS prefix_length,
  COLLATION AS direction, INDEX_TYPE AS method, IS_VISIBLE AS is_used, CARDINALITY AS cardinality
FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX
