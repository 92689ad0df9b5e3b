import { spawn } from 'node:child_process';
import pg from 'pg';
import type { CauseKind } from '@plumbline/contracts';
import type { LocalServer } from '@plumbline/engines/postgresql/local-server';
import { index_dropped } from '@plumbline/server/demo/faults';
import type { FaultLoad } from './load.js';

export interface FaultWorld {
  readonly server: LocalServer;
  readonly pool: pg.Pool;
  readonly load: FaultLoad;
}

/** What happens to a real server in the middle of a capture, and what a judge should say of it. */
export interface Scenario {
  readonly name: string;
  readonly sentence: string;
  /** Statements of the load that become slower, each with the causes that are right; none: nothing may be told. */
  readonly slower: Readonly<Record<string, readonly CauseKind[]>>;
  /** Returns how to end what goes on. */
  apply(world: FaultWorld): Promise<() => Promise<void>>;
}

const nothing = async (): Promise<void> => undefined;
const sqlOnce = (...statements: readonly string[]): Scenario['apply'] => {
  return async ({ pool }) => {
    for (const statement of statements) await pool.query(statement);
    return nothing;
  };
};

const untouched = (name: string): Scenario => ({
  name,
  sentence: 'nothing was done',
  slower: {},
  apply: async () => nothing,
});

export const scenarios: readonly Scenario[] = [
  untouched('untouched-1'),
  {
    name: 'index-dropped',
    sentence: index_dropped.sentence,
    slower: {
      customer_orders: ['index_dropped'],
      customer_totals: ['index_dropped'],
      orders_per_customer: ['index_dropped'],
    },
    apply: async ({ pool }) => {
      await index_dropped.apply(pool);
      return nothing;
    },
  },
  {
    name: 'statistics-stale',
    sentence: 'set half of all tasks to new without ANALYZE',
    slower: { open_tasks: ['statistics_stale'] },
    apply: sqlOnce(`UPDATE tasks SET status = 'new' WHERE task_id % 2 = 0`),
  },
  {
    name: 'table-bloated',
    sentence: 'changed every session eight times while a transaction was left open; statistics are fresh',
    slower: { session_states: ['table_bloated'] },
    apply: bloat,
  },
  {
    name: 'lock-pile-up',
    sentence: 'held the rows of branches in 0.4 s of every 0.5 s',
    slower: { branch_update: ['waits_grew'] },
    apply: holdBranches,
  },
  {
    name: 'cost-shifted',
    sentence: 'a rewrite: the work of sold_one is now done by sold_many, twice as much per run',
    slower: { sold_many: ['cost_shifted'] },
    apply: async ({ load }) => {
      await load.rewrite();
      return nothing;
    },
  },
  {
    name: 'setting-work-mem',
    sentence: 'work_mem from 32MB to 64kB: no statement of this load becomes slower by it',
    slower: {},
    apply: sqlOnce(`ALTER SYSTEM SET work_mem = '64kB'`, 'SELECT pg_reload_conf()'),
  },
  untouched('untouched-2'),
  {
    name: 'table-grown',
    sentence: 'loaded 120,000 rows into page_views and analyzed it',
    slower: { viewed_pages: ['table_grew'] },
    apply: sqlOnce(
      `INSERT INTO page_views (customer_id, page, viewed_at)
       SELECT 1 + i % 20000, 'page ' || i % 50, now() - (i % 3000 || ' seconds')::interval
       FROM generate_series(1, 120000) AS i`,
      'ANALYZE page_views',
    ),
  },
  {
    name: 'setting-random-page-cost',
    sentence: 'random_page_cost from 4 to 60',
    slower: {
      product_sales: ['setting_changed'],
      viewed_pages: ['setting_changed'],
      orders_per_customer: ['setting_changed'],
      sold_one: ['setting_changed'],
      sold_many: ['setting_changed'],
    },
    apply: sqlOnce('ALTER SYSTEM SET random_page_cost = 60', 'SELECT pg_reload_conf()'),
  },
  {
    name: 'restart',
    sentence: 'restarted: shared buffers are empty, the file cache is not',
    slower: {},
    apply: async ({ server }) => {
      await server.restart();
      return nothing;
    },
  },
  {
    name: 'neighbour-load',
    sentence: 'another program took two cores',
    slower: {},
    apply: takeCores,
  },
  untouched('untouched-3'),
];

async function bloat({ server, pool }: FaultWorld): Promise<() => Promise<void>> {
  const open = await connected(server);
  await open.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await open.query('SELECT count(*) FROM branches');
  for (let round = 0; round < 8; round++) await pool.query('UPDATE sessions SET last_seen = now()');
  await pool.query('ANALYZE sessions');
  return () => open.end();
}

async function holdBranches({ server }: FaultWorld): Promise<() => Promise<void>> {
  const holder = await connected(server);
  let is_ended = false;
  const holding = (async () => {
    while (!is_ended) {
      await holder.query('BEGIN');
      await holder.query('UPDATE branches SET balance = balance');
      await pause(0.4);
      await holder.query('COMMIT');
      await pause(0.1);
    }
  })();
  return async () => {
    is_ended = true;
    await holding;
    await holder.end();
  };
}

async function takeCores(): Promise<() => Promise<void>> {
  const spinners = [1, 2].map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  return async () => {
    for (const spinner of spinners) spinner.kill('SIGKILL');
  };
}

async function connected(server: LocalServer): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url('shop'), application_name: 'fault' });
  await client.connect();
  return client;
}

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
