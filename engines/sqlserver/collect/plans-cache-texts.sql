-- Reads the showplan XML and the text of the given cached statements. NULL while temporary objects are not compiled.
-- Needs VIEW SERVER STATE.
SELECT w.entry, CAST(a.value AS int) AS database_id, x.query_plan,
  SUBSTRING(t.text, w.start_offset / 2 + 1,
    (CASE w.end_offset WHEN -1 THEN DATALENGTH(t.text) ELSE w.end_offset END - w.start_offset) / 2 + 1) AS text
FROM (VALUES {{entries}}) AS w (entry, sql_handle, plan_handle, start_offset, end_offset)
CROSS APPLY sys.dm_exec_sql_text(w.sql_handle) AS t
CROSS APPLY sys.dm_exec_text_query_plan(w.plan_handle, w.start_offset, w.end_offset) AS x
CROSS APPLY sys.dm_exec_plan_attributes(w.plan_handle) AS a
WHERE a.attribute = 'dbid'
