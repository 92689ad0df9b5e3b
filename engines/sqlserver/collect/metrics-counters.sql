-- Reads performance counters; names are padded. Which formula a counter needs is in cntr_type. Needs VIEW SERVER STATE.
SELECT RTRIM(c.object_name) AS object_name, RTRIM(c.counter_name) AS counter_name,
  RTRIM(c.instance_name) AS instance_name, c.cntr_value, c.cntr_type
FROM sys.dm_os_performance_counters AS c
WHERE RTRIM(c.counter_name) IN ({{names}})
