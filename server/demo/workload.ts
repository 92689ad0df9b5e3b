import type { Pool } from 'pg';

/** One statement of the steady load: how often, and with which parameters. */
export interface WorkloadStatement {
  readonly name: string;
  readonly runs_per_s: number;
  readonly sql: string;
  params(random: () => number): readonly unknown[];
}

const pick = (random: () => number, below: number): number => 1 + Math.floor(random() * below);

/** pgbench's transaction shape plus the JOINs of a shop. Rates keep one core about a third busy. */
export const shop_statements: readonly WorkloadStatement[] = [
  {
    name: 'customer_orders',
    runs_per_s: 20,
    sql: `SELECT o.order_id, o.ordered_at, sum(l.quantity * l.price) AS amount
          FROM orders o JOIN order_lines l ON l.order_id = o.order_id
          WHERE o.customer_id = $1 GROUP BY o.order_id, o.ordered_at ORDER BY o.ordered_at DESC LIMIT 20`,
    params: (random) => [pick(random, 20_000)],
  },
  {
    name: 'customer_totals',
    runs_per_s: 5,
    sql: `SELECT c.region, count(*) AS orders, sum(o.total) AS amount
          FROM customers c JOIN orders o ON o.customer_id = c.customer_id
          WHERE c.customer_id = $1 GROUP BY c.region`,
    params: (random) => [pick(random, 20_000)],
  },
  {
    name: 'product_sales',
    runs_per_s: 15,
    sql: `SELECT p.name, sum(l.quantity) AS sold FROM products p JOIN order_lines l ON l.product_id = p.product_id
          WHERE p.product_id = $1 GROUP BY p.name`,
    params: (random) => [pick(random, 2_000)],
  },
  {
    name: 'recent_orders',
    runs_per_s: 10,
    sql: `SELECT o.order_id, c.name, o.total FROM orders o JOIN customers c ON c.customer_id = o.customer_id
          WHERE o.status = $1 ORDER BY o.ordered_at DESC LIMIT 50`,
    params: (random) => [random() < 0.5 ? 'open' : 'paid'],
  },
  {
    name: 'customer_by_email',
    runs_per_s: 2,
    sql: 'SELECT * FROM customers WHERE lower(email) = $1',
    params: (random) => [`customer${pick(random, 20_000)}@example.com`],
  },
  {
    name: 'biggest_orders',
    runs_per_s: 0.5,
    sql: 'SELECT order_id, customer_id, total FROM orders WHERE total > $1 ORDER BY total DESC, remark, order_id OFFSET 150000',
    params: () => [0],
  },
  {
    name: 'viewed_pages',
    runs_per_s: 5,
    sql: `SELECT v.page, count(*) AS views FROM page_views v JOIN customers c ON c.customer_id = v.customer_id
          WHERE c.region = $1 AND v.viewed_at > now() - interval '1 hour' GROUP BY v.page`,
    params: (random) => [['north', 'east', 'south', 'west'][pick(random, 4) - 1]],
  },
  {
    name: 'account_update',
    runs_per_s: 20,
    sql: 'UPDATE accounts SET balance = balance + $1 WHERE account_id = $2',
    params: (random) => [pick(random, 100), pick(random, 50_000)],
  },
  {
    name: 'account_read',
    runs_per_s: 20,
    sql: 'SELECT balance FROM accounts WHERE account_id = $1',
    params: (random) => [pick(random, 50_000)],
  },
  {
    name: 'branch_update',
    runs_per_s: 20,
    sql: 'UPDATE branches SET balance = balance + $1 WHERE branch_id = $2',
    params: (random) => [pick(random, 100), pick(random, 10)],
  },
  {
    name: 'history_insert',
    runs_per_s: 20,
    sql: 'INSERT INTO history (account_id, branch_id, change, happened_at) VALUES ($1, $2, $3, now())',
    params: (random) => [pick(random, 50_000), pick(random, 10), pick(random, 100)],
  },
];

/** Mulberry32: the same seed gives the same parameters in the same order. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface RunningWorkload {
  /** Runs finished per statement name. */
  readonly finished: ReadonlyMap<string, number>;
  /** Errors of the load itself, newest last; empty on a healthy run. */
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

/**
 * Runs every statement at its own even pace until stopped. A statement that is still running when its turn comes
 * again is run once more when a connection is free, so a slow one queues as it does behind a real connection pool.
 */
export function startWorkload(pool: Pool, statements: readonly WorkloadStatement[], seed: number): RunningWorkload {
  const finished = new Map<string, number>();
  const errors: string[] = [];
  const in_flight = new Set<Promise<void>>();
  // More waiting runs than this mean the source is saturated; adding more would only measure our own queue.
  const most_in_flight = 200;

  const timers = statements.map((statement, position) => {
    const random = seededRandom(seed + position);
    finished.set(statement.name, 0);
    return setInterval(() => {
      if (in_flight.size >= most_in_flight) return;
      const run = pool.query(statement.sql, [...statement.params(random)]).then(
        () => void finished.set(statement.name, (finished.get(statement.name) ?? 0) + 1),
        (error: unknown) => void errors.push(`${statement.name}: ${String(error)}`),
      );
      in_flight.add(run);
      void run.finally(() => in_flight.delete(run));
    }, 1000 / statement.runs_per_s);
  });

  return {
    finished,
    errors,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(in_flight);
    },
  };
}
