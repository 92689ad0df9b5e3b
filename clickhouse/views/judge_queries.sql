-- What a query does (features), and where it runs, as known at a moment.
CREATE OR REPLACE VIEW judge_queries AS
SELECT
    query_hash,
    argMax(features, observed_at) AS features,
    argMax(template, observed_at) AS template
FROM queries
WHERE instance_id = {instance_id:String}
    AND ({query_hash:String} = '' OR query_hash = {query_hash:String})
GROUP BY query_hash
