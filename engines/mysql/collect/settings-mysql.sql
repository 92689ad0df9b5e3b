-- Reads the server's variables with where each was set; a value that was persisted and waits for a restart is told. Needs
-- nothing, but what was persisted needs SELECT ON performance_schema.*.
SELECT LOWER(v.VARIABLE_NAME) AS name, v.VARIABLE_VALUE AS value, LOWER(i.VARIABLE_SOURCE) AS source,
  p.VARIABLE_VALUE AS persisted
FROM performance_schema.global_variables AS v
LEFT JOIN performance_schema.variables_info AS i ON i.VARIABLE_NAME = v.VARIABLE_NAME
LEFT JOIN performance_schema.persisted_variables AS p ON p.VARIABLE_NAME = v.VARIABLE_NAME
