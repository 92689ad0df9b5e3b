import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { splitStatements } from './lexer.js';
import { StoreError } from './store-error.js';
import type { Store } from './store.js';
import { expand } from './template.js';
import type { Layout } from './template.js';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly template: string;
  /** SHA-256 of the file, so that a file changed after it was applied is noticed. */
  readonly checksum: string;
}

export interface MigrateOptions extends Layout {
  readonly migrations?: readonly Migration[];
  /** Tell what would be done and do nothing. */
  readonly dry_run?: boolean;
}

export interface MigrateReport {
  readonly applied: readonly string[];
  readonly already_applied: readonly string[];
  /** The statements sent, or with `dry_run` the ones that would be. */
  readonly statements: readonly string[];
}

/** Something in the store that is not as the migrations left it. */
export interface Drift {
  readonly table: string;
  readonly kind: 'missing' | 'changed';
  readonly expected: string;
  readonly found: string;
}

const file_name = /^(\d{4})_([a-z0-9_]+)\.sql$/;

export function loadMigrations(folder = new URL('./migrations/', import.meta.url)): readonly Migration[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  // Numbers are given out while several are in the making, so one may come later than a higher one; never twice.
  const taken = new Set<number>();
  return files.map((file) => {
    const version = Number(file_name.exec(file)?.[1]);
    if (!Number.isInteger(version) || taken.has(version))
      throw new Error(`migration ${file}: expected a number of its own and a name like 0001_verb_noun.sql`);
    taken.add(version);
    const template = readFileSync(new URL(file, folder), 'utf8');
    return { version, name: file, template, checksum: createHash('sha256').update(template).digest('hex') };
  });
}

export const migrationStatements = (migration: Migration, layout: Layout): readonly string[] =>
  splitStatements(expand(migration.template, layout));

/** Brings the store to the newest schema. Every statement may be run again, so a migration cut short is simply repeated. */
export async function migrate(store: Store, options: MigrateOptions = {}): Promise<MigrateReport> {
  const migrations = options.migrations ?? loadMigrations();
  const layout = { cluster: options.cluster ?? store.cluster };
  const done = await appliedMigrations(store);
  refuseChanged(migrations, done);
  const missing = migrations.filter(({ version }) => !done.has(version));
  const own = splitStatements(expand(own_tables, layout));
  const statements = [...own, ...missing.flatMap((migration) => migrationStatements(migration, layout))];
  const report = {
    applied: missing.map(({ name }) => name),
    already_applied: [...done.values()].map(({ name }) => name),
    statements: missing.length === 0 ? [] : statements,
  };
  if (options.dry_run || missing.length === 0) return report;
  await refuseDrifted(store);
  for (const statement of own) await store.command(statement);
  for (const migration of missing) await apply(store, migration, layout);
  await recordTables(store);
  return report;
}

/** Compares each table and materialized view with what it was when the last migration had run. */
export async function checkDrift(store: Store): Promise<readonly Drift[]> {
  if (!(await hasTable(store, 'schema_tables'))) return [];
  const recorded = await store.query<TableDefinition>('SELECT name, definition FROM schema_tables FINAL ORDER BY name');
  const live = new Map((await liveTables(store)).map((table) => [table.name, table.definition]));
  return recorded
    .map(({ name, definition }): Drift => {
      const found = live.get(name);
      return {
        table: name,
        kind: found === undefined ? 'missing' : 'changed',
        expected: definition,
        found: found ?? '',
      };
    })
    .filter(({ expected, found }) => expected !== found);
}

interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}
interface TableDefinition {
  readonly name: string;
  readonly definition: string;
}

const own_tables = `
CREATE TABLE IF NOT EXISTS {{table schema_migrations}} {{onCluster}} (
  version UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
) ENGINE = {{engine MergeTree}} ORDER BY version SETTINGS {{settings}};
{{distributed schema_migrations by cityHash64(version)}}
CREATE TABLE IF NOT EXISTS {{table schema_tables}} {{onCluster}} (
  name String, definition String, recorded_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
) ENGINE = {{engine ReplacingMergeTree(recorded_at)}} ORDER BY name SETTINGS {{settings}};
{{distributed schema_tables by cityHash64(name)}}
`;

async function appliedMigrations(store: Store): Promise<ReadonlyMap<number, AppliedMigration>> {
  if (!(await hasTable(store, 'schema_migrations'))) return new Map();
  const rows = await store.query<AppliedMigration>(
    'SELECT version, any(name) AS name, any(checksum) AS checksum FROM schema_migrations GROUP BY version ORDER BY version',
  );
  return new Map(rows.map((row) => [row.version, row]));
}

function refuseChanged(migrations: readonly Migration[], done: ReadonlyMap<number, AppliedMigration>): void {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const { version, name, checksum } of done.values()) {
    const file = known.get(version);
    if (!file) {
      throw new StoreError(
        `the store has migration ${name}, which this program does not know: it was made by a newer one. Start that one`,
      );
    }
    if (file.checksum !== checksum) {
      throw new StoreError(
        `migration ${file.name} was changed after it was applied. Restore the file and write a new migration for the change`,
      );
    }
  }
}

async function refuseDrifted(store: Store): Promise<void> {
  const drift = await checkDrift(store);
  if (drift.length === 0) return;
  const tables = drift.map(({ table, kind }) => `${table} (${kind})`).join(', ');
  throw new StoreError(`tables were changed by hand since the last migration: ${tables}. Undo that, then migrate`);
}

async function apply(store: Store, migration: Migration, layout: Layout): Promise<void> {
  for (const statement of migrationStatements(migration, layout)) {
    try {
      await store.command(statement);
    } catch (cause) {
      throw new StoreError(`migration ${migration.name} failed at "${statement.slice(0, 80)}…": ${String(cause)}`, {
        cause,
      });
    }
  }
  const { version, name, checksum } = migration;
  await store.insert('schema_migrations', JSON.stringify({ version, name, checksum }), {
    token: `schema_migrations:${version}:${checksum}`,
  });
}

async function recordTables(store: Store): Promise<void> {
  const tables = await liveTables(store);
  const ndjson = tables.map((table) => JSON.stringify(table)).join('\n');
  const version = createHash('sha256').update(ndjson).digest('hex');
  await store.insert('schema_tables', ndjson, { token: `schema_tables:${version}` });
}

/** Parameterized views are left out: they are made anew at every start (views.ts). */
const liveTables = (store: Store): Promise<readonly TableDefinition[]> =>
  store.query<TableDefinition>(
    `SELECT name, create_table_query AS definition FROM system.tables
     WHERE database = currentDatabase() AND engine != 'View' AND NOT startsWith(name, 'schema_') ORDER BY name`,
  );

async function hasTable(store: Store, name: string): Promise<boolean> {
  const sql = 'SELECT 1 AS found FROM system.tables WHERE database = currentDatabase() AND name = {name:String}';
  return (await store.query(sql, { params: { name } })).length > 0;
}
