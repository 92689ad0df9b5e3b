import pg from 'pg';
import { temporaryServer } from '../../postgresql/testing/tools.js';
import type { LocalServer } from '../../postgresql/local-server.js';
import { createTable, quoted, type TableDescription } from '../../testing/relational/tables.js';
import { typeOf, viewsOf } from './views.js';

export type StandInRow = Readonly<Record<string, string | number | bigint | boolean | Date | null | undefined>>;

/** What the server says of itself and of its clock. */
export interface ServerLooks {
  readonly product_version: string;
  readonly engine_edition: number;
  /** null: the real time. */
  readonly now: Date | null;
  readonly local_offset_min: number;
}

const functions_of_views: readonly string[] = [
  `CREATE FUNCTION sys.dm_exec_sql_text(handle bytea) RETURNS SETOF sys.dm_exec_sql_text LANGUAGE sql STABLE AS
    'SELECT * FROM sys.dm_exec_sql_text WHERE sql_handle = handle'`,
  `CREATE FUNCTION sys.dm_exec_plan_attributes(handle bytea) RETURNS SETOF sys.dm_exec_plan_attributes LANGUAGE sql
    STABLE AS 'SELECT * FROM sys.dm_exec_plan_attributes WHERE plan_handle = handle'`,
  `CREATE FUNCTION sys.dm_exec_text_query_plan(handle bytea, start_offset int, end_offset int)
    RETURNS SETOF sys.dm_exec_text_query_plan LANGUAGE sql STABLE AS
    'SELECT * FROM sys.dm_exec_text_query_plan WHERE plan_handle = handle AND statement_start_offset = start_offset
      AND statement_end_offset = end_offset'`,
  `CREATE FUNCTION sys.dm_io_virtual_file_stats(database int, file int) RETURNS SETOF sys.dm_io_virtual_file_stats
    LANGUAGE sql STABLE AS 'SELECT * FROM sys.dm_io_virtual_file_stats'`,
  `CREATE FUNCTION sys.dm_db_stats_properties(object int, stats int) RETURNS SETOF sys.dm_db_stats_properties
    LANGUAGE sql STABLE AS 'SELECT * FROM sys.dm_db_stats_properties p WHERE p.object_id = object AND p.stats_id = stats'`,
];

/** What T-SQL takes for granted. Who may see what is PostgreSQL's own answer to who may read the view. */
const functions: readonly string[] = [
  ...['CREATE SCHEMA stand_in', 'GRANT USAGE ON SCHEMA stand_in, sys TO PUBLIC'],
  'CREATE TABLE stand_in.looks (product_version text, engine_edition int, now timestamptz, local_offset_min int)',
  'GRANT SELECT ON stand_in.looks TO PUBLIC',
  `CREATE FUNCTION stand_in.server_now() RETURNS timestamptz LANGUAGE sql AS
    'SELECT coalesce(now, clock_timestamp()) FROM stand_in.looks'`,
  `CREATE FUNCTION stand_in.local_offset_min() RETURNS int LANGUAGE sql AS
    'SELECT local_offset_min FROM stand_in.looks'`,
  `CREATE FUNCTION serverproperty(property text) RETURNS text LANGUAGE sql AS 'SELECT CASE property
    WHEN ''ProductVersion'' THEN product_version WHEN ''EngineEdition'' THEN engine_edition::text
    WHEN ''Edition'' THEN ''Stand-in Edition'' END FROM stand_in.looks'`,
  `CREATE FUNCTION suser_sname() RETURNS text LANGUAGE sql AS 'SELECT current_user::text'`,
  `CREATE FUNCTION db_name() RETURNS text LANGUAGE sql AS 'SELECT current_database()::text'`,
  `CREATE FUNCTION db_id() RETURNS int LANGUAGE sql AS
    'SELECT database_id FROM sys.databases WHERE name = current_database()'`,
  `CREATE FUNCTION is_srvrolemember(role text) RETURNS int LANGUAGE sql AS
    'SELECT rolsuper::int FROM pg_roles WHERE rolname = current_user'`,
  `CREATE FUNCTION has_dbaccess(name text) RETURNS int LANGUAGE sql AS
    'SELECT has_database_privilege(name, ''CONNECT'')::int'`,
  `CREATE FUNCTION has_perms_by_name(securable text, class text, permission text) RETURNS int LANGUAGE sql AS
    'SELECT has_table_privilege(CASE permission WHEN ''VIEW ANY DEFINITION'' THEN ''sys.tables''
      WHEN ''VIEW DATABASE STATE'' THEN ''sys.query_store_plan'' WHEN ''VIEW SERVER STATE'' THEN ''sys.dm_os_wait_stats''
      END, ''SELECT'')::int'`,
  `CREATE FUNCTION datalength(value text) RETURNS int LANGUAGE sql AS 'SELECT 2 * length(value)'`,
];

/** One database of the stand-in: the views as tables, and the superuser's own connection to load them. */
export class StandInDatabase {
  constructor(
    readonly name: string,
    readonly client: pg.Client,
    readonly views: ReadonlyMap<string, TableDescription>,
  ) {}

  /** Adds rows to `sys.<view>`; columns left out are NULL. A column that the view has not is a mistake of the test. */
  async load(view: string, rows: readonly StandInRow[]): Promise<void> {
    const described = this.views.get(view);
    if (described === undefined) throw new Error(`the stand-in has no view "sys.${view}"`);
    const unknown = rows.flatMap((row) => Object.keys(row)).find((column) => !(column in described.columns));
    if (unknown !== undefined) throw new Error(`sys.${view} has no column "${unknown}"`);
    const text = JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
    const name = `sys.${quoted(view)}`;
    await this.client.query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(null::${name}, $1)`, [text]);
  }

  /** Replaces all rows. */
  async set(view: string, rows: readonly StandInRow[]): Promise<void> {
    await this.client.query(`DELETE FROM sys.${quoted(view)}`);
    await this.load(view, rows);
  }
}

export interface StandIn {
  readonly server: LocalServer;
  readonly master: StandInDatabase;
  readonly databases: ReadonlyMap<string, StandInDatabase>;
  database(name: string): StandInDatabase;
  look(looks: Partial<ServerLooks>): Promise<void>;
  /** A login that may read all views of all databases; or of the server only those listed. */
  createLogin(name: string, server_views?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** A server of this version with `master` and these user databases (ids from 5), Query Store on in each. */
export async function startStandIn(major: number, names: readonly string[]): Promise<StandIn> {
  const server = await temporaryServer({ prefer: 'system' });
  const databases = new Map<string, StandInDatabase>();
  for (const name of ['master', ...names]) databases.set(name, await createDatabase(server, name, major));
  const database = (name: string): StandInDatabase => {
    const known = databases.get(name);
    if (known === undefined) throw new Error(`the stand-in has no database "${name}"`);
    return known;
  };
  await fillCatalogs([...databases.values()], names);
  return {
    ...{ server, databases, database, master: database('master') },
    look: async (looks) => {
      for (const { client } of databases.values())
        for (const [column, value] of Object.entries(looks))
          await client.query(`UPDATE stand_in.looks SET ${column} = $1`, [value]);
    },
    createLogin: (name, server_views) => createLogin([...databases.values()], name, server_views),
    stop: async () => {
      for (const { client } of databases.values()) await client.end();
      await server.stop();
    },
  };
}

/** A database with the views of this version, empty; its client is the caller's to end. */
export async function createDatabase(server: LocalServer, name: string, major: number): Promise<StandInDatabase> {
  const root = await connected(server, 'postgres');
  await root.query(`CREATE DATABASE "${name}"`);
  await root.end();
  const views = viewsOf(major);
  const client = await connected(server, name);
  const setup = [...views.flatMap((view) => createTable(view, typeOf)), ...functions_of_views, ...functions];
  await client.query(setup.join(';\n'));
  await client.query('INSERT INTO stand_in.looks VALUES ($1, 3, NULL, 0)', [`${major}.0.1000.6`]);
  return new StandInDatabase(name, client, new Map(views.map((view) => [view.table_name, view])));
}

async function connected(server: LocalServer, database_name: string): Promise<pg.Client> {
  const client = new pg.Client(server.url(database_name));
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`SET TimeZone = 'UTC'`);
  return client;
}

/** Every database sees the catalog of all; Query Store is on in each user database. */
async function fillCatalogs(databases: readonly StandInDatabase[], names: readonly string[]): Promise<void> {
  const common = { state: 0, state_desc: 'ONLINE', is_read_only: 0, compatibility_level: 150 };
  const catalog = names.map((name, place) => ({
    ...{ database_id: 5 + place, name, ...common, recovery_model_desc: 'FULL', is_auto_create_stats_on: 1 },
    ...{ snapshot_isolation_state_desc: 'OFF', is_auto_update_stats_on: 1, is_query_store_on: 1 },
  }));
  for (const database of databases) {
    await database.load('databases', [{ database_id: 1, name: 'master', ...common }, ...catalog]);
    await setQueryStore(database, {});
  }
}

export async function setQueryStore(database: StandInDatabase, options: StandInRow): Promise<void> {
  const has_waits = 'wait_stats_capture_mode' in (database.views.get('database_query_store_options')?.columns ?? {});
  await database.set('database_query_store_options', [
    {
      ...{ desired_state: 2, actual_state: 2, readonly_reason: 0, current_storage_size_mb: 10 },
      ...{ max_storage_size_mb: 1000, flush_interval_seconds: 900, interval_length_minutes: 60 },
      ...{ query_capture_mode: 2, ...(has_waits ? { wait_stats_capture_mode: 1 } : {}) },
      ...options,
    },
  ]);
}

/** Views of the server that a login without VIEW SERVER STATE may not read. */
const server_views: readonly string[] = [
  ...['dm_exec_query_stats', 'dm_exec_requests', 'dm_exec_sessions', 'dm_os_wait_stats', 'dm_os_sys_info'],
  ...['dm_os_performance_counters', 'dm_io_virtual_file_stats', 'dm_exec_sql_text', 'dm_exec_plan_attributes'],
  ...['dm_os_ring_buffers'],
];

async function createLogin(
  databases: readonly StandInDatabase[],
  name: string,
  readable: readonly string[] | undefined,
): Promise<void> {
  const [first] = databases;
  await first?.client.query(`CREATE ROLE ${quoted(name)} LOGIN`);
  for (const { client } of databases) {
    await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA sys TO ${quoted(name)}`);
    const closed = readable === undefined ? [] : server_views.filter((view) => !readable.includes(view));
    for (const view of closed) await client.query(`REVOKE SELECT ON sys.${quoted(view)} FROM ${quoted(name)}`);
  }
}
