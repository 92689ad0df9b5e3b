-- Templates that are new, or were seen again since their features were last worked out, one row each.
WITH
  known AS (
    SELECT
      query_hash,
      argMax(features, observed_at) AS told,
      argMax(template, observed_at) AS text,
      argMax(queries.statement_class, observed_at) AS class,
      argMax(queries.is_truncated, observed_at) AS cut,
      argMax(feature_source, observed_at) AS source,
      max(observed_at) AS newest
    FROM queries
    WHERE observed_at <= {as_of:DateTime64(3, 'UTC')}
    GROUP BY query_hash
  ),
  done AS (
    SELECT query_hash, max(as_of) AS last
    FROM features
    WHERE entity_kind = 'statement' AND instance_id = '' AND feature_set_version = {version:UInt16}
      AND as_of < {as_of:DateTime64(3, 'UTC')}
    GROUP BY query_hash
  ),
  read AS (
    SELECT
      known.*,
      JSONExtract(told, 'tables', 'Array(Tuple(schema String, table String, access String))') AS used,
      JSONExtract(told, 'predicates', 'Array(Tuple(table String, column String, operator String, wrapped_in String))') AS conditions,
      JSONExtract(told, 'joins', 'Array(Tuple(left Tuple(table String, column String), right Tuple(table String, column String), kind String))') AS pairs,
      JSONExtract(told, 'group_by', 'Array(Tuple(table String, column String))') AS grouped,
      JSONExtract(told, 'order_by', 'Array(Tuple(table String, column String))') AS ordered,
      arrayMap(one -> if(one.1 = '', one.2, concat(one.1, '.', one.2)), used) AS names,
      arrayMap(
        one -> concat(if(one.1 = '', '?', one.1), '.', one.2),
        arrayConcat(
          arrayMap(one -> (one.1, one.2), conditions),
          arrayMap(one -> (one.1.1, one.1.2), pairs),
          arrayMap(one -> (one.2.1, one.2.2), pairs),
          grouped,
          ordered
        )
      ) AS columns_used
    FROM known
    LEFT JOIN done ON done.query_hash = known.query_hash
    WHERE done.query_hash = '' OR known.newest > done.last
    SETTINGS join_use_nulls = 0
  )
SELECT
  '' AS instance_id,
  query_hash,
  length(text) AS template_bytes,
  length(arrayDistinct(arrayMap(one -> (one.1, one.2), arrayFilter(one -> one.3 = 'read', used)))) AS tables_read,
  length(arrayDistinct(arrayMap(one -> (one.1, one.2), arrayFilter(one -> one.3 = 'write', used)))) AS tables_written,
  length(arrayDistinct(columns_used)) AS columns,
  length(conditions) AS predicates,
  arrayCount(one -> one.3 IN ('eq', 'in') AND one.4 = '', conditions) AS predicates_eq,
  arrayCount(one -> one.3 IN ('range', 'like_prefix') AND one.4 = '', conditions) AS predicates_range,
  arrayCount(one -> one.4 != '' OR one.3 IN ('like', 'not_eq', 'other'), conditions) AS predicates_unindexable,
  length(pairs) AS joins,
  arrayCount(one -> one.3 IN ('left', 'right', 'full'), pairs) AS joins_outer,
  length(grouped) AS group_by_columns,
  length(ordered) AS order_by_columns,
  JSONExtractUInt(told, 'subqueries') AS subqueries,
  JSONExtractUInt(told, 'set_operations') AS set_operations,
  JSONExtractBool(told, 'selects_star') AS selects_star,
  JSONExtractBool(told, 'has_limit') AS has_limit,
  JSONExtractBool(told, 'has_offset') AS has_offset,
  JSONExtractBool(told, 'has_aggregate') AS has_aggregate,
  class IN ('insert', 'update', 'delete', 'merge') AS is_write,
  cut AS is_truncated,
  source IN ('ast', 'ast_raw') AS is_parsed,
  [toString(class)] AS statement_class,
  arraySort(arrayDistinct(names)) AS table_names,
  arraySort(arrayDistinct(columns_used)) AS column_names,
  arraySort(arrayDistinct(arrayMap(
    one -> concat(one.4, '(', if(one.1 = '', '?', one.1), '.', one.2, ')'),
    arrayFilter(one -> one.4 != '', conditions)
  ))) AS wrapped_columns
FROM read
