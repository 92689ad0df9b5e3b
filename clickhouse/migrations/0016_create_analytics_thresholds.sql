-- Which thresholds of the configuration section `analytics` are in force, so that views can judge by them and readers can
-- see by what they judge. The job `publish` writes them where the analytics jobs run; the newest of a name counts.
CREATE TABLE IF NOT EXISTS {{table analytics_thresholds}} {{onCluster}} (
  name LowCardinality(String),
  value Float64,
  unit LowCardinality(String),
  published_at DateTime64(3, 'UTC')
)
ENGINE = {{engine ReplacingMergeTree(published_at)}}
ORDER BY name
SETTINGS {{settings}};

{{distributed analytics_thresholds by cityHash64(name)}}
