/**
 * Migrations are written once for one node and for a cluster; macros make the difference:
 *
 * - `{{onCluster}}`: nothing | `ON CLUSTER 'name'`
 * - `{{table t}}`: `t` | `t_local`, the table on each shard that views feed and deduplication holds on
 * - `{{engine ReplacingMergeTree(v)}}`: itself | `ReplicatedReplacingMergeTree('path', 'replica', v)`
 * - `{{distributed t by expression}}`: nothing | the Distributed table `t` over `t_local`
 * - `{{settings a = 1}}`: `a = 1` and what every table must have
 */
export interface Layout {
  /** The cluster's name in the servers' remote_servers; absent: one node. */
  readonly cluster?: string | undefined;
}

/**
 * Every table and every target of a materialized view remembers the tokens of its last inserts: with a window on the
 * source alone a repeated batch is refused there yet counted again in the rollups. fsync costs 20 to 70 % of an insert
 * and is what "stored" means after a power cut.
 */
const durable = ['fsync_after_insert = 1', 'fsync_part_directory = 1'];
const window_single = 'non_replicated_deduplication_window = 10000';
const window_replicated = [
  'replicated_deduplication_window = 10000',
  'replicated_deduplication_window_seconds = 604800',
];

type Macro = (argument: string, layout: Layout) => string;

const macros: Readonly<Record<string, Macro>> = {
  onCluster: (_argument, { cluster }) => (cluster === undefined ? '' : `ON CLUSTER '${cluster}'`),
  table: (name, { cluster }) => (cluster === undefined ? name : `${name}_local`),
  engine: (engine, { cluster }) => (cluster === undefined ? engine : replicated(engine)),
  distributed: (argument, { cluster }) => (cluster === undefined ? '' : distributed(argument, cluster)),
  settings: (own, { cluster }) =>
    [...(own === '' ? [] : [own]), ...(cluster === undefined ? [window_single] : window_replicated), ...durable].join(
      ', ',
    ),
};

export function expand(template: string, layout: Layout): string {
  if (layout.cluster !== undefined && !/^[A-Za-z0-9_.-]+$/.test(layout.cluster)) {
    throw new Error(`"${layout.cluster}" is not a cluster's name`);
  }
  return template.replace(/\{\{(\w+)\s*([\s\S]*?)\}\}/g, (whole, name: string, argument: string) => {
    const macro = macros[name];
    if (!macro) throw new Error(`unknown macro ${whole}; there are ${Object.keys(macros).join(', ')}`);
    return macro(argument.trim(), layout);
  });
}

function replicated(engine: string): string {
  const [, family, given] = /^(\w*MergeTree)(?:\((.*)\))?$/.exec(engine) ?? [];
  if (family === undefined) throw new Error(`"${engine}" is not of the MergeTree family`);
  const path = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'";
  return `Replicated${family}(${given ? `${path}, ${given}` : path})`;
}

function distributed(argument: string, cluster: string): string {
  const [, table, key] = /^(\w+)\s+by\s+(.+)$/.exec(argument) ?? [];
  if (table === undefined) throw new Error(`"{{distributed ${argument}}}" is not "table by expression"`);
  return (
    `CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER '${cluster}' AS ${table}_local ` +
    `ENGINE = Distributed('${cluster}', currentDatabase(), ${table}_local, ${key});`
  );
}
