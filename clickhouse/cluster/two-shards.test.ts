import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrate } from '../migrate.js';
import { openStore } from '../open.js';
import type { Store } from '../store.js';
import { rollup_tables } from '../tables.js';

/**
 * Two shards as two programs, each with an embedded store behind its ClickHouse endpoint, and a third store that asks
 * both and merges what they answer, as an initiator would. A Distributed table speaks the native protocol, which the
 * endpoints do not: the asking goes through url(), and rows are routed by the sharding key before they are sent.
 */
const directory = mkdtempSync(join(tmpdir(), 'plumbline-two-shards-'));
const plumbline = fileURLToPath(new URL('../../../server/bin/plumbline.js', import.meta.url));
const fill_shard = fileURLToPath(new URL('./fill-shard.js', import.meta.url));
const start_within_ms = 90_000;

interface Shard {
  readonly process: ChildProcess;
  readonly port: string;
  readonly token: string;
}
let initiator: Store;
let shards: readonly Shard[] = [];

const rows = Array.from({ length: 4_000 }, (_, n) => ({
  instance_id: `pg${n % 5}`,
  query_hash: `q${n % 97}`,
  window_start: `2026-11-20 1${n % 10}:${String(n % 60).padStart(2, '0')}:00.000`,
  window_end: `2026-11-20 1${n % 10}:${String(n % 60).padStart(2, '0')}:59.000`,
  calls: String(1 + (n % 13)),
  total_time_us: String(1_000 + n * 17),
  percentile_origin: 'means',
}));
const linesOf = (some: readonly object[]): string => some.map((row) => JSON.stringify(row)).join('\n');

async function routed(): Promise<readonly (readonly object[])[]> {
  const keys = await initiator.query<{ key: string; shard: number }>(
    `SELECT concat(instance_id, ' ', query_hash) AS key, any(toUInt8(cityHash64(instance_id, query_hash) % 2)) AS shard
     FROM query_deltas GROUP BY key`,
  );
  const shard_of = new Map(keys.map(({ key, shard }) => [key, shard]));
  return [0, 1].map((shard) =>
    rows.filter(({ instance_id, query_hash }) => shard_of.get(`${instance_id} ${query_hash}`) === shard),
  );
}

async function startShard(number: number, its_rows: readonly object[]): Promise<Shard> {
  const data_directory = join(directory, `shard-${number}`);
  mkdirSync(data_directory);
  const lines = join(directory, `shard-${number}.ndjson`);
  writeFileSync(lines, linesOf(its_rows));
  const filled = spawnSync(process.execPath, [fill_shard, join(data_directory, 'store'), lines], { stdio: 'pipe' });
  if (filled.status !== 0) throw new Error(String(filled.stderr));
  const config = join(directory, `shard-${number}.yml`);
  const settings = { data_directory, api: { port: 0 }, clickhouse_endpoint: { port: 0 }, preview: { enabled: false } };
  writeFileSync(config, JSON.stringify(settings));
  const child = spawn(process.execPath, [plumbline, 'start', '--no-demo', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /ClickHouse[^\n]*http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found !== undefined && said.includes('Running')) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => reject(new Error(`shard ${number} ended: ${said}`)));
  });
  const { viewer } = JSON.parse(readFileSync(join(data_directory, 'tokens.json'), 'utf8')) as { viewer: string };
  return { process: child, port, token: viewer };
}

/** What both shards answer to one SELECT, as a table of the initiator. */
const bothShards = (sql: string, structure: string): string =>
  shards
    .map(({ port, token }) => {
      const params = new URLSearchParams({ user: 'viewer', password: token, query: `${sql} FORMAT Native` });
      return `SELECT * FROM url('http://127.0.0.1:${port}/?${params.toString()}', 'Native', '${structure}')`;
    })
    .join(' UNION ALL ');

beforeAll(async () => {
  initiator = await openStore(`chdb://${join(directory, 'initiator')}`);
  await migrate(initiator);
  await initiator.insert('query_deltas', linesOf(rows), { token: 'all rows in one place' });
  const parts = await routed();
  shards = await Promise.all(parts.map((part, number) => startShard(number, part)));
}, start_within_ms);

afterAll(async () => {
  const ends = shards.map(({ process: child }) => new Promise((ended) => child.once('exit', ended)));
  for (const { process: child } of shards) child.kill('SIGTERM');
  await Promise.all(ends);
  await initiator.close();
  rmSync(directory, { recursive: true });
}, 30_000);

describe('two shards behind two endpoints', () => {
  test('each has a share of the rows, and a query is on one of them only', async () => {
    const each = bothShards(
      'SELECT instance_id, query_hash FROM query_deltas',
      'instance_id String, query_hash String',
    );
    const [counted] = await initiator.query(`SELECT count() AS n FROM (${each})`);
    expect(counted).toEqual({ n: String(rows.length) });
    const distinct = bothShards(
      'SELECT DISTINCT instance_id, query_hash FROM query_deltas',
      'instance_id String, query_hash String',
    );
    const twice = await initiator.query(
      `SELECT 1 FROM (${distinct}) GROUP BY instance_id, query_hash HAVING count() > 1`,
    );
    expect(twice).toEqual([]);
  });

  test.each(['query_deltas', ...rollup_tables])(
    '%s: the sums of both are those of one store with everything',
    async (table) => {
      const of = 'instance_id, sum(calls) AS calls, sum(total_time_us) AS time_us';
      const sql = `SELECT ${of} FROM ${table} GROUP BY instance_id`;
      const sharded = bothShards(sql, 'instance_id String, calls UInt64, time_us UInt64');
      const merged = `SELECT instance_id, sum(calls) AS calls, sum(time_us) AS time_us FROM (${sharded}) GROUP BY instance_id`;
      expect(await initiator.query(`${merged} ORDER BY instance_id`)).toEqual(
        await initiator.query(`${sql} ORDER BY instance_id`),
      );
    },
  );

  test('percentile states made on a shard are the ones that one store makes', async () => {
    const sql = `SELECT instance_id, query_hash, quantilesTDigestWeightedArrayMerge(0.5, 0.95, 0.99)(weighted_times) AS q
                 FROM query_daily GROUP BY instance_id, query_hash`;
    const sharded = bothShards(sql, 'instance_id String, query_hash String, q Array(Float32)');
    const order = 'ORDER BY instance_id, query_hash';
    expect(await initiator.query(`SELECT * FROM (${sharded}) ${order}`)).toEqual(
      await initiator.query(`${sql} ${order}`),
    );
  });

  test('a Distributed table cannot ask them: remote() needs the native protocol', async () => {
    const address = `127.0.0.1:${shards[0]?.port}`;
    await expect(
      initiator.query(`SELECT count() FROM remote('${address}', 'plumbline', 'query_deltas')`, {
        settings: { connect_timeout_with_failover_ms: 500, max_execution_time: 10 },
      }),
    ).rejects.toMatchObject({ name: 'StoreError' });
  });
});
