-- By which thresholds does the judge judge? The section `analytics` of the configuration, as it is in force: one row per
-- number. Empty until the analytics jobs have run once on this store.
CREATE OR REPLACE VIEW analytics_thresholds_latest AS
SELECT name, value, unit, published_at
FROM analytics_thresholds FINAL
ORDER BY name;
