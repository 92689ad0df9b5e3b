import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { catalogOf, type Catalog } from '@plumbline/analytics/advisors/catalog';
import {
  instanceId,
  type CollectTools,
  type EngineConnection,
  type Features,
  type TableSnapshotRow,
} from '@plumbline/contracts';
import { engine } from '@plumbline/engines/postgresql/index';
import { startLocalServer, type LocalServer } from '@plumbline/engines/postgresql/local-server';
import { FeatureExtractor, normalize, redact } from '@plumbline/sql';

export interface TpchOptions {
  /** TPC-H's scale factor. */
  readonly scale: number;
  /** Exponent of the Zipf law that foreign keys follow, from 0 (uniform) to below 1. */
  readonly zipf: number;
}

/** A server of our own with TPC-H-like data, and what the product reads of it. */
export interface Tpch {
  readonly connection: EngineConnection;
  readonly catalog: Catalog;
  readonly tables: readonly TableSnapshotRow[];
  readonly server_version: string;
  featuresOf(sql: string): Promise<Features>;
  /** CPU seconds so far, of this process and of the server's sessions that plan for it. Linux only. */
  cpuSeconds(): Promise<number>;
  close(): Promise<void>;
}

export const published_scale = 10;
export const database_name = 'postgres';

/** Settings whose size decides plans, scaled with the data from their defaults, so that plans are those of SF 10. */
function scaledSettings(scale: number): Readonly<Record<string, string>> {
  const kilobytes = (at_default: number, least: number): string =>
    `${Math.max(least, Math.round((at_default * scale) / published_scale))}kB`;
  return {
    effective_cache_size: kilobytes(4 * 1024 * 1024, 8),
    work_mem: kilobytes(4 * 1024, 64),
    // PostgreSQL's own until 15: the published figures are older.
    hash_mem_multiplier: '1',
    min_parallel_table_scan_size: kilobytes(8 * 1024, 8),
    min_parallel_index_scan_size: kilobytes(512, 8),
    // With these, 17 of the 19 costs without indexes are within 7 % of the published ones; with PostgreSQL's 2, few.
    max_parallel_workers_per_gather: '8',
    parallel_setup_cost: String(1000 * Math.min(1, scale / published_scale)),
  };
}

/** Nothing may move between two plans; the load skips the log. */
const still: Readonly<Record<string, string>> = { autovacuum: 'off', wal_level: 'minimal', max_wal_senders: '0' };

/** Throws when the server's binaries or HypoPG are not there. */
export async function openTpch({ scale, zipf }: TpchOptions): Promise<Tpch> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-tpch-'));
  chmodSync(directory, 0o755); // PostgreSQL runs as another user when this runs as root
  const server = await startLocalServer({ directory, settings: { ...still, ...scaledSettings(scale) } });
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    if (!server.has_hypopg) throw new Error('this benchmark needs HypoPG: apt-get install postgresql-15-hypopg');
    await load(server, scale, zipf);
    const connection = await connect(server);
    const extractor = new FeatureExtractor();
    const tools = toolsWith(extractor);
    const close = () =>
      Promise.all([connection.close(), extractor.close()])
        .then(() => undefined)
        .finally(stop);
    return {
      connection,
      ...(await readCatalog(connection, tools)),
      server_version: server.server_version,
      featuresOf: (sql) => tools.features(tools.template(sql)),
      cpuSeconds: () => cpuSeconds(server),
      close,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function load(server: LocalServer, scale: number, zipf: number): Promise<void> {
  const client = new pg.Client(server.url(database_name));
  await client.connect();
  const text = readFileSync(new URL('./tpch-data.sql', import.meta.url), 'utf8');
  await client.query(text.replaceAll('{scale}', String(scale)).replaceAll('{power}', String(1 / (1 - zipf))));
  await client.query('ANALYZE');
  await client.query('CREATE EXTENSION hypopg');
  await client.end();
}

async function cpuSeconds(server: LocalServer): Promise<number> {
  const client = new pg.Client(server.url(database_name));
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'plumbline'`,
  );
  await client.end();
  const { user, system } = process.cpuUsage();
  return rows.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), (user + system) / 1e6);
}

/** utime and stime, fields 14 and 15 of proc_pid_stat(5), in hundredths of a second; the name before may hold spaces. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const connect = (server: LocalServer): Promise<EngineConnection> =>
  engine.connect({
    ...{ instance_id: instanceId('tpch'), host: server.host, port: server.port, database_name },
    ...{ user_name: server.superuser, password: '', tls: 'off' },
  });

const toolsWith = (extractor: FeatureExtractor): CollectTools => ({
  clock: { now: () => new Date() },
  template: (sql, limit) => normalize(sql, 'postgresql', limit),
  features: (template) => extractor.features(template, 'postgresql'),
  redact: (fragment) => redact(fragment, 'postgresql'),
  abort: new AbortController().signal,
});

/** The snapshots of the collector's own aspects, as the advisor sees them in production. */
async function readCatalog(connection: EngineConnection, tools: CollectTools) {
  const stamped = <Row>(rows: readonly Row[] | undefined) => (rows ?? []).map((row) => ({ ...row, batch_id: '' }));
  const { rows: of_tables } = await connection.collect('tables', undefined, tools);
  const { rows: of_columns } = await connection.collect('schema', undefined, tools);
  const tables = stamped(of_tables.table_snapshots);
  return { tables, catalog: catalogOf({ tables, columns: stamped(of_columns.column_snapshots), indexes: [] }) };
}
