-- Reads V$PARAMETER. Needs READ. control_management_pack_access says which packs the server lets be used.
SELECT name, value FROM v$parameter WHERE name IN ('db_block_size', 'control_management_pack_access')
