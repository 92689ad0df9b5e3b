-- How far are the sinks behind on each lane ("topic/partition"), as known at `at`? lag_messages: on the broker and not
-- stored. lag_s: since the broker has the oldest of them. silent_s: since a sink told of the lane. late_s: how late rows
-- are stored as far as known: lag_s, or silent_s from five untold minutes on. A lane nobody told of for a day is left out.
CREATE OR REPLACE VIEW lanes_latest AS
SELECT
  lane,
  max(observed_at) AS told_at,
  toFloat64(argMax(lag_messages, observed_at)) AS lag_messages,
  argMax(lag_s, observed_at) AS lag_s,
  dateDiff('millisecond', told_at, {at:DateTime64(3, 'UTC')}) / 1000 AS silent_s,
  if(silent_s > 300, greatest(lag_s, silent_s), lag_s) AS late_s
FROM lane_lags
WHERE observed_at > {at:DateTime64(3, 'UTC')} - INTERVAL 1 DAY AND observed_at <= {at:DateTime64(3, 'UTC')}
GROUP BY lane
ORDER BY lane;
