-- Reads the sessions that run now: state and text. Without PROCESS it shows the account's own sessions only.
SELECT ID AS session_id, DB AS database_name, STATE AS state, INFO AS text, NULL AS digest_text, NULL AS wait_event
FROM information_schema.PROCESSLIST
WHERE ID <> CONNECTION_ID() AND COMMAND NOT IN ('Sleep', 'Daemon', 'Binlog Dump', 'Slave_IO', 'Slave_SQL', 'Slave_worker')
