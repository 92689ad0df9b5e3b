-- Reads the server's variables with where each was set and what a change needs. Needs nothing.
SELECT LOWER(VARIABLE_NAME) AS name, GLOBAL_VALUE AS value, LOWER(GLOBAL_VALUE_ORIGIN) AS source,
  VARIABLE_SCOPE AS scope, READ_ONLY AS is_read_only, COMMAND_LINE_ARGUMENT IS NULL AS is_not_an_option
FROM information_schema.SYSTEM_VARIABLES
WHERE VARIABLE_SCOPE <> 'SESSION ONLY'
