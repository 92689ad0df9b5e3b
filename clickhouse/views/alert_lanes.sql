-- For an alert rule: every lane between collectors and sinks. value: how many seconds late its rows are stored; lane is
-- the label.
CREATE OR REPLACE VIEW alert_lanes AS
SELECT lane, late_s AS value
FROM lanes_latest(at = now64(3, 'UTC'))
ORDER BY lane;
