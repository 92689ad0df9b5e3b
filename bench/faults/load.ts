import type pg from 'pg';
import { shop_statements, startWorkload } from '@plumbline/server/demo/workload';
import type { RunningWorkload, WorkloadStatement } from '@plumbline/server/demo/workload';

/** A third of a shared core: what the faults take comes on top, and a saturated machine shows only its own queue. */
const rate_share = 0.5;
const left_out = new Set(['biggest_orders']);
const products = 2_000;

const one = (random: () => number, below: number): number => 1 + Math.floor(random() * below);

const steady: readonly WorkloadStatement[] = [
  ...shop_statements
    .filter(({ name }) => !left_out.has(name))
    .map((statement) => ({ ...statement, runs_per_s: statement.runs_per_s * rate_share })),
  {
    name: 'open_tasks',
    runs_per_s: 3,
    sql: `SELECT t.queue, sum(s.seconds) AS seconds FROM tasks t JOIN task_steps s ON s.task_id = t.task_id
          WHERE t.status = $1 GROUP BY t.queue`,
    params: () => ['new'],
  },
  {
    name: 'session_states',
    runs_per_s: 4,
    sql: 'SELECT state, count(*) AS sessions FROM sessions GROUP BY state',
    params: () => [],
  },
  {
    name: 'orders_per_customer',
    runs_per_s: 2,
    sql: `SELECT customer_id, count(*) AS orders FROM orders GROUP BY customer_id
          ORDER BY count(*) DESC, customer_id OFFSET 19900`,
    params: () => [],
  },
];

/** One product at a time: what the rewrite takes away. */
const sold_one: WorkloadStatement = {
  name: 'sold_one',
  runs_per_s: 20,
  sql: 'SELECT sum(quantity) AS sold FROM order_lines WHERE product_id = $1',
  params: (random) => [one(random, products)],
};

/** Several products at a time: what the rewrite gives more to do. */
const soldMany = (products_at_once: () => number): WorkloadStatement => ({
  name: 'sold_many',
  runs_per_s: 5,
  sql: 'SELECT product_id, sum(quantity) AS sold FROM order_lines WHERE product_id = ANY($1::int[]) GROUP BY product_id',
  params: (random) => [Array.from({ length: products_at_once() }, () => one(random, products))],
});

export const load_statements: readonly WorkloadStatement[] = [...steady, sold_one, soldMany(() => 0)];

export interface FaultLoad {
  /** Of the load's own connections; empty on a healthy run. */
  errors(): readonly string[];
  /** From now on the work of `sold_one` is done by `sold_many`. */
  rewrite(): Promise<void>;
  stop(): Promise<void>;
}

export function startFaultLoad(pool: pg.Pool, seed: number): FaultLoad {
  let products_at_once = 2;
  const main = startWorkload(pool, [...steady, soldMany(() => products_at_once)], seed);
  let singles: RunningWorkload | undefined = startWorkload(pool, [sold_one], seed + 100);
  const single_errors = singles.errors;
  const endSingles = async (): Promise<void> => {
    await singles?.stop();
    singles = undefined;
  };
  return {
    errors: () => [...main.errors, ...single_errors],
    async rewrite() {
      await endSingles();
      products_at_once = 4;
    },
    async stop() {
      await endSingles();
      await main.stop();
    },
  };
}
