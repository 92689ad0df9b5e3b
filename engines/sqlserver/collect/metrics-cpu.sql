-- Reads the newest minute of the scheduler monitor, a record of XML. Needs VIEW SERVER STATE.
SELECT r.record
FROM sys.dm_os_ring_buffers AS r
WHERE r.ring_buffer_type = 'RING_BUFFER_SCHEDULER_MONITOR' AND r.record LIKE '%<SystemHealth>%'
ORDER BY r.timestamp DESC
OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY
