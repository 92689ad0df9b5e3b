-- Reads text and database of the given plan-cache entries: a call per entry, so only for those not yet known. Offsets
-- are bytes into UTF-16, -1 is the end. Needs VIEW SERVER STATE.
SELECT w.entry, CAST(a.value AS int) AS database_id,
  SUBSTRING(t.text, w.start_offset / 2 + 1,
    (CASE w.end_offset WHEN -1 THEN DATALENGTH(t.text) ELSE w.end_offset END - w.start_offset) / 2 + 1) AS text
FROM (VALUES {{entries}}) AS w (entry, sql_handle, plan_handle, start_offset, end_offset)
CROSS APPLY sys.dm_exec_sql_text(w.sql_handle) AS t
CROSS APPLY sys.dm_exec_plan_attributes(w.plan_handle) AS a
WHERE a.attribute = 'dbid'
