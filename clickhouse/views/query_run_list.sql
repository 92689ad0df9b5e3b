-- Which single runs took longest, and where did their time go? Only of engines that tell each run.
-- query_hash: '' for all of the instance. from, to: the span, by when a run was handed in. limit: rows wanted.
-- Times in microseconds; total is from handed in to ended, waiting in the queue included. Times of phases that a run never
-- came to are 0.
CREATE OR REPLACE VIEW query_run_list AS
SELECT
  instance_id,
  query_hash,
  native_id,
  started_at,
  finished_at,
  user_name,
  outcome,
  failure,
  run_kind,
  queue_name,
  engine_name,
  toFloat64(total_time_us) AS total_us,
  toFloat64(queue_time_us) AS queue_us,
  toFloat64(plan_time_us) AS plan_us,
  toFloat64(execution_time_us) AS execution_us,
  toFloat64(cpu_time_us) AS cpu_us,
  toFloat64(rows_returned) AS returned_rows,
  toFloat64(rows_examined) AS examined_rows,
  toFloat64(scanned_bytes) AS bytes_scanned,
  toFloat64(memory_peak_bytes) AS peak_memory_bytes,
  is_accelerated,
  scanned_tables,
  reflection_ids
FROM query_runs
WHERE instance_id = {instance_id:String} AND ({query_hash:String} = '' OR query_hash = {query_hash:String})
  AND started_at >= {from:DateTime64(3, 'UTC')} AND started_at < {to:DateTime64(3, 'UTC')}
ORDER BY query_runs.total_time_us DESC, started_at, native_id
LIMIT {limit:UInt32};
