/**
 * What watching costs the source: throughput of a closed-loop load on a real PostgreSQL with and without the program
 * beside it, in alternating blocks (the order of each pair drawn by seed), and the time its own statements took there.
 * The collector shares the two cores with server and load here, so this is more than it costs a remote server.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startLocalServer } from '@plumbline/engines/postgresql/local-server';
import type { LocalServer } from '@plumbline/engines/postgresql/local-server';
import { startPlumbline } from '@plumbline/server/acceptance/plumbline-process';
import { demoInstance } from '@plumbline/server/demo/index';
import { createShop } from '@plumbline/server/demo/shop';
import { seededRandom, shop_statements } from '@plumbline/server/demo/workload';
import { percentile } from '../figure.js';
import type { Benchmark, Figure } from '../figure.js';

const block_s = 45;
const pairs = 3;
const target_ratio = 0.99;
const target_share = 0.005;

/** Short statements only: a seldom heavy one would make a block's count depend on how often its turn came. */
const statements = shop_statements.filter(({ runs_per_s }) => runs_per_s >= 10);

/** One client, one statement after another, as fast as the server answers. */
async function blockThroughput(pool: pg.Pool, seed: number): Promise<number> {
  const random = seededRandom(seed);
  let done = 0;
  const started_at = performance.now();
  while (performance.now() - started_at < block_s * 1000) {
    const statement = statements[done % statements.length];
    if (statement === undefined) throw new Error('the load has no statement');
    await pool.query(statement.sql, [...statement.params(random)]);
    done++;
  }
  return done / ((performance.now() - started_at) / 1000);
}

/** Default intervals, as on a production server: statements each minute, activity each ten seconds. */
function watched(server: LocalServer) {
  return { ...demoInstance(server.host, server.port), interval_s: 60, aspects: {} };
}

async function blockBeside(server: LocalServer, pool: pg.Pool, seed: number): Promise<number> {
  const plumbline = await startPlumbline([watched(server)], {});
  // Start-up reads everything once; a running program does not.
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  try {
    return await blockThroughput(pool, seed);
  } finally {
    await plumbline.stop();
  }
}

async function ownShare(server: LocalServer, elapsed_s: number): Promise<number> {
  const client = new pg.Client({ connectionString: server.url('shop') });
  await client.connect();
  const { rows } = await client.query<{ ms: number }>(
    `SELECT coalesce(sum(total_exec_time), 0) AS ms FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
     WHERE r.rolname = 'plumbline'`,
  );
  await client.end();
  return (rows[0]?.ms ?? 0) / 1000 / elapsed_s;
}

async function measure(server: LocalServer, say: (line: string) => void): Promise<readonly Figure[]> {
  const pool = await createShop(server);
  await blockThroughput(pool, 0);
  const ratios: number[] = [];
  let watched_s = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const is_alone_first = seededRandom(pair)() < 0.5;
    const first_alone = is_alone_first ? await blockThroughput(pool, pair) : undefined;
    const beside = await blockBeside(server, pool, pair);
    watched_s += block_s + 10;
    const alone = first_alone ?? (await blockThroughput(pool, pair));
    say(
      `pair ${pair + 1}: alone ${alone.toFixed(0)}/s, watched ${beside.toFixed(0)}/s, ratio ${(beside / alone).toFixed(3)}`,
    );
    ratios.push(beside / alone);
  }
  await pool.end();
  const share = await ownShare(server, watched_s);
  const ratio = percentile(ratios, 0.5);
  return [
    {
      figure: `throughput watched / alone, median of ${pairs} pairs of ${block_s} s`,
      measured: `${ratio.toFixed(3)} (${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)})`,
      target: `≥ ${target_ratio}`,
      is_met: ratio >= target_ratio,
    },
    {
      figure: "time of the collector's own statements on the source, share of one core, start-up included",
      measured: `${(share * 100).toFixed(2)} %`,
      target: `≤ ${target_share * 100} %`,
      is_met: share <= target_share,
    },
  ];
}

const benchmark: Benchmark = {
  name: 'overhead',
  summary: 'what watching costs a PostgreSQL at the default intervals',
  async run(say) {
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-overhead-'));
    chmodSync(directory, 0o755); // PostgreSQL runs as another user when this runs as root
    const server = await startLocalServer({ directory });
    try {
      return await measure(server, say);
    } finally {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
export default benchmark;
