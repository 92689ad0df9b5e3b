-- Instances with the same cluster_name hold the same data: a primary and its replicas. '' where nobody said.
ALTER TABLE {{table instances}} {{onCluster}} ADD COLUMN IF NOT EXISTS cluster_name LowCardinality(String) DEFAULT '';
ALTER TABLE instances {{onCluster}} ADD COLUMN IF NOT EXISTS cluster_name LowCardinality(String) DEFAULT '';
ALTER TABLE {{table instances}} {{onCluster}} ADD COLUMN IF NOT EXISTS is_replica UInt8 DEFAULT 0;
ALTER TABLE instances {{onCluster}} ADD COLUMN IF NOT EXISTS is_replica UInt8 DEFAULT 0;
