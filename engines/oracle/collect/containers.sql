-- Reads V$CONTAINERS (12.1). Needs READ, and CONTAINER_DATA to see more than the own one.
SELECT TO_CHAR(dbid) AS dbid, TO_CHAR(con_id) AS con_id, name FROM v$containers
