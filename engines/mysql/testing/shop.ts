import type { AspectName, Collected, EngineConnection, QueryDeltaRow } from '@plumbline/contracts';
import type { Connection } from 'mysql2/promise';
import { openConnection } from '../connection.js';
import type { Binaries } from '../local-binaries.js';
import type { LocalServer } from '../local-server.js';
import { applicationOf, collectTools, targetOf, temporaryServer } from './tools.js';

export const tools = collectTools();

/** For tests: a real server with a small shop in it, an application's connection, and the engine's. */
export class Shop {
  readonly states = new Map<string, unknown>();

  private constructor(
    readonly server: LocalServer,
    public client: Connection,
    readonly connection: EngineConnection,
  ) {}

  static async open(binaries: Binaries): Promise<Shop> {
    const consumers = ['events_statements_current', 'events_statements_history'];
    const settings = Object.fromEntries(consumers.map((name) => [`performance_schema_consumer_${name}`, 'ON']));
    const server = await temporaryServer({ binaries, settings });
    const client = await applicationOf(server);
    await stock(client);
    const target = targetOf(server, { database_name: 'shop' });
    return new Shop(server, client, await openConnection(target, { plans_per_reading: 100 }));
  }

  /** One reading after the one before, over a state that was JSON in between. */
  async read(aspect: AspectName): Promise<Collected> {
    if (aspect === 'statements') await counted(this.client);
    const answer = await this.connection.collect(aspect, this.states.get(aspect), tools);
    this.states.set(aspect, JSON.parse(JSON.stringify(answer.state)));
    return answer;
  }

  async restart(): Promise<void> {
    await this.client.end();
    await this.server.restart();
    this.client = await applicationOf(this.server, 'shop');
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.client.end();
    await this.server.stop();
  }
}

/** The server counts a statement after it has answered: it surely has when it takes the next one. */
export async function counted(...clients: readonly Connection[]): Promise<void> {
  for (const one of clients) await one.query('DO 0');
}

export function deltasOf(answer: Collected, text: string): QueryDeltaRow[] {
  const { query_hash } = tools.template(text);
  return ((answer.rows.query_deltas ?? []) as QueryDeltaRow[]).filter((row) => row.query_hash === query_hash);
}

export const callsOf = (answer: Collected, text: string): bigint =>
  deltasOf(answer, text).reduce((total, row) => total + row.calls, 0n);

/** All of an answer that would leave the collector, and its state. */
export const textOf = (answer: Collected): string =>
  JSON.stringify(answer, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

export const kindsOf = (answer: Collected): string[] =>
  (answer.rows.instance_events ?? []).map(({ kind, object_name, subject }) =>
    `${kind} ${object_name} ${subject}`.trim(),
  );

async function stock(client: Connection): Promise<void> {
  await client.query('CREATE DATABASE shop');
  await client.query('USE shop');
  await client.query(`CREATE TABLE customers (id int PRIMARY KEY, name varchar(60), mood enum('glum-secret', 'gay') )`);
  await client.query(`CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, customer_id int, note varchar(64),
    amount decimal(10, 2), KEY by_note (note(10)), CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers (id))`);
  await client.query(`INSERT INTO customers WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 200)
    SELECT i, concat('c', i), 1 FROM n`);
  await client.query(
    'INSERT INTO orders (customer_id, note, amount) SELECT a.id, concat(a.id, b.id), a.id FROM customers a, customers b WHERE b.id < 20',
  );
  await client.query('ANALYZE TABLE customers, orders');
}
