-- How a whole long window varies may be slower than a short one shows; rows from before have one figure for both.
ALTER TABLE {{table baselines}} {{onCluster}}
  ADD COLUMN IF NOT EXISTS long_autocorrelation Float64 DEFAULT autocorrelation AFTER autocorrelation;

-- On one node the same table again; on a cluster the Distributed one over it.
ALTER TABLE baselines {{onCluster}}
  ADD COLUMN IF NOT EXISTS long_autocorrelation Float64 DEFAULT autocorrelation AFTER autocorrelation;
