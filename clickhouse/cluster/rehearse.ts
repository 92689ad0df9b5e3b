import { Session } from 'chdb';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChdbStore } from '../chdb/chdb-store.js';
import { loadMigrations, migrationStatements } from '../migrate.js';
import type { Store } from '../store.js';
import { cluster_settings } from './settings.js';

export const rehearsed_cluster = 'plumbline';

/** The DDL of a cluster as one engine without Keeper can run it: Distributed and local tables stay, replication goes. */
export const withoutKeeper = (statement: string): string =>
  statement
    .replace(` ON CLUSTER '${rehearsed_cluster}'`, '')
    .replace(/ENGINE = Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?/, 'ENGINE = $1(')
    .replace('replicated_deduplication_window = ', 'non_replicated_deduplication_window = ');

export const clusterDdl = (): readonly string[] =>
  loadMigrations().flatMap((migration) => migrationStatements(migration, { cluster: rehearsed_cluster }));

/** The one shard twice: every row is read two times, by a plan for two shards. */
const doubled_cluster = `${rehearsed_cluster}_doubled`;
const shard = '<shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>';

/** 9000 is nobody's: the engine takes an address with its own tcp_port for itself and calls no network. */
const config = `<clickhouse>
  <tcp_port>9000</tcp_port>
  <remote_servers>
    <${rehearsed_cluster}>${shard}</${rehearsed_cluster}>
    <${doubled_cluster}>${shard}${shard}</${doubled_cluster}>
  </remote_servers>
</clickhouse>
`;

/** For tests: a cluster of one shard inside this process, with the tables that the migrations make on a cluster. */
export async function openRehearsal(directory: string): Promise<Store> {
  const config_path = join(directory, 'cluster.xml');
  writeFileSync(config_path, config);
  // The engine reads its configuration with the first session of the process.
  const first = new Session(join(directory, 'store'), { connectionArgs: [`--config-file=${config_path}`] });
  const store = await ChdbStore.open(join(directory, 'store'));
  for (const statement of clusterDdl().map(withoutKeeper)) {
    await store.command(statement, { settings: cluster_settings });
  }
  return {
    query: (sql, options) => store.query(sql, { ...options, settings: { ...cluster_settings, ...options?.settings } }),
    command: (sql, options) =>
      store.command(sql, { ...options, settings: { ...cluster_settings, ...options?.settings } }),
    insert: (table, ndjson, options) => store.insert(table, ndjson, options),
    close: async () => {
      first.close();
      await store.close();
    },
  };
}

/** Every Distributed table of a rehearsal made anew over the doubled cluster. */
export const doublingDdl = (): readonly string[] =>
  clusterDdl()
    .filter((statement) => statement.includes('ENGINE = Distributed'))
    .map((statement) =>
      withoutKeeper(statement)
        .replace('CREATE TABLE IF NOT EXISTS', 'CREATE OR REPLACE TABLE')
        .replace(`Distributed('${rehearsed_cluster}'`, `Distributed('${doubled_cluster}'`),
    );
