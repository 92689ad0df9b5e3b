import pg from 'pg';
import type { LocalServer } from '../../postgresql/local-server.js';
import { temporaryServer } from '../../postgresql/testing/tools.js';
import { createTable, standInName, quoted, type TableDescription, type TypeOf } from './tables.js';

/** A row to load: by column name in any case; columns left out are NULL. Digits beyond 2^53 go as bigint or text. */
export type StandInRow = Readonly<Record<string, string | number | bigint | boolean | Date | null | undefined>>;

export interface StandInOptions {
  readonly tables: readonly TableDescription[];
  readonly typeOf: TypeOf;
  /** What the engine's SQL takes for granted and PostgreSQL lacks: functions, one-row tables. */
  readonly setup: readonly string[];
}

/** The tables of one engine in a real PostgreSQL: the collector's own SQL runs against them (driver-double.ts). */
export interface StandIn {
  readonly server: LocalServer;
  /** The superuser's own connection: what a test does behind the collector's back. */
  readonly client: pg.Client;
  load(table_name: string, rows: readonly StandInRow[]): Promise<void>;
  empty(...table_names: string[]): Promise<void>;
  /** A user who may read these tables only; all of them when none is named. */
  createUser(user_name: string, readable?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** The server and its tables; `stop` removes both. */
export async function startStandIn({ tables, typeOf, setup }: StandInOptions): Promise<StandIn> {
  const server = await temporaryServer({ prefer: 'system' });
  const client = new pg.Client(server.url());
  await client.connect();
  await client.query(`SET TimeZone = 'UTC'`);
  const statements = [...tables.flatMap((table) => createTable(table, typeOf)), ...setup];
  await client.query(statements.join(';\n'));
  const by_name = new Map(tables.map((table) => [nameOf(table), table]));
  const described = (name: string): TableDescription => {
    const table = by_name.get(name.toLowerCase());
    if (table === undefined) throw new Error(`the stand-in has no table "${name}"`);
    return table;
  };
  return {
    server,
    client,
    load: async (name, rows) => load(client, described(name), rows),
    empty: async (...names) => {
      await client.query(`TRUNCATE ${names.map((name) => standInName(described(name))).join(', ')}`);
    },
    createUser: async (user_name, readable = [...by_name.keys()]) => {
      await client.query(`CREATE ROLE ${quoted(user_name)} LOGIN`);
      for (const schema of new Set(tables.map(({ schema_name }) => schema_name).filter((name) => name !== ''))) {
        await client.query(`GRANT USAGE ON SCHEMA ${quoted(schema)} TO ${quoted(user_name)}`);
      }
      const names = readable.map((name) => standInName(described(name)));
      if (names.length > 0) await client.query(`GRANT SELECT ON ${names.join(', ')} TO ${quoted(user_name)}`);
    },
    stop: async () => {
      await client.end();
      await server.stop();
    },
  };
}

const nameOf = ({ schema_name, table_name }: TableDescription): string =>
  (schema_name === '' ? table_name : `${schema_name}.${table_name}`).toLowerCase();

const rows_per_insert = 5_000;

/** A column that the description does not list is a mistake of the test. */
async function load(client: pg.Client, table: TableDescription, rows: readonly StandInRow[]): Promise<void> {
  const known = new Set(Object.keys(table.columns).map((name) => name.toLowerCase()));
  const name = standInName(table);
  for (let from = 0; from < rows.length; from += rows_per_insert) {
    const lines = rows.slice(from, from + rows_per_insert).map((row) => {
      const entries = Object.entries(row).map(([column, value]): [string, unknown] => [column.toLowerCase(), value]);
      const unknown = entries.find(([column]) => !known.has(column));
      if (unknown !== undefined) throw new Error(`${name} has no column "${unknown[0]}"`);
      return Object.fromEntries(entries);
    });
    await client.query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(null::${name}, $1)`, [
      JSON.stringify(lines, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
    ]);
  }
}
