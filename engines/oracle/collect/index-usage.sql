-- Reads DBA_INDEX_USAGE (12.2): how often each index was used, sampled by the server, written out every 15 minutes.
-- Needs READ.
SELECT owner AS index_owner, name AS index_name, total_access_count FROM dba_index_usage
