-- Reads GV$INSTANCE: when each instance of the cluster started, by the server's clock. Needs READ.
SELECT inst_id, TO_CHAR(startup_time, 'YYYY-MM-DD"T"HH24:MI:SS') AS startup_time FROM gv$instance
