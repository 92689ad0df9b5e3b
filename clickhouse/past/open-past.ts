import { randomBytes } from 'node:crypto';
import { utc } from '@plumbline/contracts';
import { StoreError } from '../store-error.js';
import { isServerStore } from '../store.js';
import type { AskView, Store } from '../store.js';
import { arriving_tables } from '../tables.js';
import { askView, createViews, loadViews } from '../views.js';

/**
 * The store as it was known at a moment that can be moved: facts are those that had arrived, judgement is one's own. It
 * lies in a database of the server's memory beside the real one, which is only read; views and jobs work in it unchanged.
 */
export interface Past {
  readonly store: Store;
  readonly ask: AskView;
  /** What the real database is called in statements of `store`. */
  readonly present: string;
  /** From now on facts are those that had arrived by then. */
  moveTo(as_of: Date): Promise<void>;
  close(): Promise<void>;
}

/** What judging writes, empty at first. */
const judgement = {
  regression_events: 'ORDER BY (regression_id, recorded_at, occurred_at)',
  recommendation_events: 'ORDER BY (recommendation_id, recorded_at, occurred_at)',
  baselines: 'ORDER BY (instance_id, query_hash, scope, slot)',
} as const;

export async function openPast(store: Store): Promise<Past> {
  if (!isServerStore(store)) throw new StoreError('the store has no second database: it cannot show its past');
  const database = `${store.database_name}_past_${randomBytes(4).toString('hex')}`;
  const drop = () => store.command(`DROP DATABASE IF EXISTS \`${database}\``);
  await store.command(`CREATE DATABASE \`${database}\` ENGINE = Memory`);
  const past = store.inDatabase(database);
  // A database in memory renames nothing, which is how an engine replaces; here there is nothing to replace.
  const views = loadViews()
    .filter(({ params }) => params.size > 0)
    .map((view) => ({ ...view, sql: view.sql.replace('CREATE OR REPLACE VIEW', 'CREATE VIEW') }));
  const present = `\`${store.database_name}\``;
  try {
    for (const statement of pastDdl(present)) await past.command(statement);
    await createViews(past, views);
    return {
      store: past,
      ask: askView(past, views),
      present,
      async moveTo(as_of) {
        await past.command('TRUNCATE TABLE moment');
        await past.command("INSERT INTO moment SELECT {as_of:DateTime64(3, 'UTC')}", { params: { as_of: utc(as_of) } });
      },
      async close() {
        await past.close();
        await drop();
      },
    };
  } catch (error) {
    await past.close();
    await drop();
    throw error;
  }
}

/**
 * Texts and the list of instances are as they are now: neither keeps what it was. A plan is there from when it was first
 * seen, which `plans` keeps.
 */
const pastDdl = (present: string): readonly string[] => [
  "CREATE TABLE moment (as_of DateTime64(3, 'UTC')) ENGINE = Memory",
  ...arriving_tables.map(
    (table) =>
      `CREATE VIEW ${table} AS SELECT * FROM ${present}.${table} WHERE stored_at <= (SELECT max(as_of) FROM moment)`,
  ),
  `CREATE VIEW aspect_status AS SELECT * FROM ${present}.aspect_status WHERE observed_at <= (SELECT max(as_of) FROM moment)`,
  `CREATE VIEW queries AS SELECT * FROM ${present}.queries FINAL`,
  `CREATE VIEW plans AS SELECT * FROM ${present}.plans`,
  `CREATE TABLE instances AS ${present}.instances ENGINE = ReplacingMergeTree(observed_at) ORDER BY instance_id`,
  `INSERT INTO instances SELECT * FROM ${present}.instances`,
  ...Object.entries(judgement).map(
    ([table, order]) => `CREATE TABLE ${table} AS ${present}.${table} ENGINE = MergeTree ${order}`,
  ),
];
