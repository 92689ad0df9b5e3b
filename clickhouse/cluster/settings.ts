/**
 * What every statement to a cluster is sent with. Views join Distributed tables, which a server refuses unless told how
 * (code 288). A write is answered when the shards have it, by a majority of their replicas, and a read sees it: the
 * sink's ledger is read back to learn whose a group is (docs/decisions/0006-kafka.md).
 */
export const cluster_settings = {
  distributed_product_mode: 'global',
  distributed_foreground_insert: 1,
  insert_quorum: 'auto',
  insert_quorum_parallel: 0,
  select_sequential_consistency: '1',
} as const;

/** `?cluster=name` of a store's address: the tables are spread over the servers of that name in remote_servers. */
export function clusterOf(address: URL): string | undefined {
  const cluster = address.searchParams.get('cluster');
  if (cluster === null) return undefined;
  if (!/^[A-Za-z0-9_.-]+$/.test(cluster)) throw new Error(`"${cluster}" is not a cluster's name`);
  return cluster;
}
