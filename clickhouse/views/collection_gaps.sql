-- When do the collected statements not tell the whole story, and why?
-- instance_id: '' for all. from, to: the span; a gap that reaches into it is told whole, but not beyond `to`.
-- gap_kind: not_collected (nothing was told of a reading for pattern_missed_intervals intervals, of a minute at least and
-- as the reading before set them: counters make up for it in one long window, single runs may be lost), counter_reset (of
-- statements), eviction (the server dropped statements, so sums are a lower bound), restart, crash. It lies after began_at
-- and not after ended_at. object_name: what was reset, or the aspect that was not collected. Thresholds:
-- analytics_thresholds_latest.
CREATE OR REPLACE VIEW collection_gaps AS
WITH (SELECT mapFromArrays(groupArray(name), groupArray(value)) FROM analytics_thresholds FINAL) AS threshold
SELECT instance_id, began_at, ended_at, gap_kind, object_name
FROM (
  SELECT instance_id, began_at, observed_at AS ended_at, 'not_collected' AS gap_kind, aspect AS object_name
  FROM (
    SELECT
      instance_id,
      aspect,
      observed_at,
      lagInFrame(observed_at, 1, observed_at) OVER by_time AS began_at,
      -- A reading that comes more often is told once a minute.
      greatest(60, lagInFrame(interval_s, 1, 0) OVER by_time) AS expected_s
    FROM (
      SELECT instance_id, aspect, observed_at, interval_s
      FROM aspect_status
      WHERE aspect IN ('statements', 'runs') AND state IN ('ok', 'degraded', 'backing_off')
        AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
        AND observed_at >= {from:DateTime64(3, 'UTC')} AND observed_at < {to:DateTime64(3, 'UTC')}
      UNION ALL
      SELECT instance_id, aspect, max(observed_at), argMax(interval_s, observed_at)
      FROM aspect_status
      WHERE aspect IN ('statements', 'runs') AND state IN ('ok', 'degraded', 'backing_off')
        AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
        AND observed_at < {from:DateTime64(3, 'UTC')}
      GROUP BY instance_id, aspect
      UNION ALL
      -- The end of the span stands for a reading where one is still to be expected.
      SELECT instance_id, aspect, least({to:DateTime64(3, 'UTC')}, now64(3, 'UTC')), 0
      FROM aspect_status
      WHERE aspect IN ('statements', 'runs')
        AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
        AND observed_at < {to:DateTime64(3, 'UTC')}
      GROUP BY instance_id, aspect
      HAVING argMax(state, observed_at) NOT IN ('disabled', 'unsupported')
    )
    WINDOW by_time AS (PARTITION BY instance_id, aspect ORDER BY observed_at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
  )
  WHERE mapContains(threshold, 'pattern_missed_intervals')
    AND dateDiff('millisecond', began_at, observed_at) > threshold['pattern_missed_intervals'] * expected_s * 1000
  UNION ALL
  SELECT instance_id, noticed_after, occurred_at, kind, object_name
  FROM instance_events
  WHERE ({instance_id:String} = '' OR instance_id = {instance_id:String})
    AND kind IN ('counter_reset', 'eviction', 'restart', 'crash')
    -- Counters of the whole server are told apart by their subject.
    AND (kind != 'counter_reset' OR subject = '')
    AND occurred_at >= {from:DateTime64(3, 'UTC')} AND noticed_after < {to:DateTime64(3, 'UTC')}
)
ORDER BY began_at, instance_id, gap_kind, object_name;
