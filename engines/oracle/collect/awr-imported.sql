-- Reads DBA_HIST_SNAPSHOT (free of licence): whose snapshots the repository holds. Needs READ.
SELECT TO_CHAR(dbid) AS dbid, COUNT(*) AS snapshots FROM dba_hist_snapshot GROUP BY dbid
