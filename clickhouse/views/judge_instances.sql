-- Instances with statements in a span: whom to judge.
CREATE OR REPLACE VIEW judge_instances AS
SELECT instance_id
FROM query_deltas
WHERE window_end > {since:DateTime64(3, 'UTC')} AND window_end <= {as_of:DateTime64(3, 'UTC')}
GROUP BY instance_id
ORDER BY instance_id
