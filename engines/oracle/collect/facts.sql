-- Reads V$DATABASE, V$INSTANCE: one row each. Needs READ on both. Dates are of the server's clock; offset_s is its distance from UTC now.
SELECT {{i.version_full of V$INSTANCE | i.version}} AS version,
  SYS_CONTEXT('USERENV', 'SESSION_USER') AS user_name,
  SYS_CONTEXT('USERENV', 'CON_NAME') AS container_name,
  SYS_CONTEXT('USERENV', 'CON_ID') AS con_id,
  d.name AS database_name, TO_CHAR(d.dbid) AS dbid,
  TO_CHAR({{d.con_dbid of V$DATABASE | d.dbid}}) AS con_dbid, d.cdb, i.parallel,
  TO_CHAR(i.startup_time, 'YYYY-MM-DD"T"HH24:MI:SS') AS startup_time,
  EXTRACT(TIMEZONE_HOUR FROM SYSTIMESTAMP) * 3600 + EXTRACT(TIMEZONE_MINUTE FROM SYSTIMESTAMP) * 60 AS offset_s
FROM v$database d CROSS JOIN v$instance i
