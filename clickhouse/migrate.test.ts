import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { collected_tables, utc } from '@plumbline/contracts';
import { splitStatements } from './lexer.js';
import { checkDrift, loadMigrations, migrate, migrationStatements } from './migrate.js';
import { openStore } from './open.js';
import type { Store } from './store.js';
import { judgement_tables, rollup_tables } from './tables.js';
import { expand } from './template.js';

/** Written anew with UPDATE_EXPECTED=1; what changed is then read in the diff. */
function expectFile(name: string, text: string): void {
  const source = new URL(`../testdata/${name}`, import.meta.url);
  if (process.env['UPDATE_EXPECTED']) writeFileSync(source, text);
  expect(text).toBe(readFileSync(source, 'utf8'));
}

const next_version = Math.max(...loadMigrations().map(({ version }) => version)) + 1;

const wholeDdl = (cluster?: string): string =>
  loadMigrations()
    .flatMap((migration) => migrationStatements(migration, { cluster }))
    .map((statement) => `${statement};\n`)
    .join('\n');

test('the whole DDL for one node is as reviewed', () => expectFile('single.ddl.txt', wholeDdl()));
test('the whole DDL for a cluster is as reviewed', () => expectFile('cluster.ddl.txt', wholeDdl('plumbline')));

test('every table and rollup has a deduplication window in both layouts', () => {
  for (const cluster of [undefined, 'plumbline']) {
    const statements = loadMigrations().flatMap((migration) => migrationStatements(migration, { cluster }));
    const stored = statements.filter((text) => /ENGINE = \w*MergeTree/.test(text));
    expect(stored.length).toBeGreaterThanOrEqual(
      collected_tables.length + judgement_tables.length + rollup_tables.length,
    );
    for (const text of stored) expect(text).toMatch(/replicated_deduplication_window = 10000/);
  }
});

test.each([
  ['{{nothing here}}', 'unknown macro'],
  ['{{engine Log}}', 'MergeTree family'],
  ['{{distributed t over x}}', 'table by expression'],
])('the template %s is refused', (template, message) => {
  expect(() => expand(template, { cluster: 'c' })).toThrow(message);
});

test('a cluster name cannot carry SQL', () => {
  expect(() => expand('{{onCluster}}', { cluster: "x' SYNC" })).toThrow('not a cluster');
});

test.each([
  ["SELECT ';' ; -- ;\nSELECT 2 /* ; */;", ["SELECT ';'", 'SELECT 2']],
  ['SELECT `a;b`; ;; ', ['SELECT `a;b`']],
  ['SELECT /* a /* ; */ ; */ 1', ['SELECT  1']],
  ["SELECT 'it''s; \\'; x'; SELECT $$;$$", ["SELECT 'it''s; \\'; x'", 'SELECT $$;$$']],
])('%j is split into its statements', (text, statements) => {
  expect(splitStatements(text)).toEqual(statements);
});

test('an unclosed quote is an error with its place', () => {
  expect(() => splitStatements("SELECT 1; SELECT 'x")).toThrow('character 17');
});

describe('on the engine', () => {
  const path = mkdtempSync(join(tmpdir(), 'plumbline-migrate-'));
  let store: Store;
  beforeAll(async () => {
    store = await openStore(`chdb://${path}`);
  });
  afterAll(async () => {
    await store.close();
    rmSync(path, { recursive: true });
  });

  test('a dry run tells every statement and does nothing', async () => {
    const report = await migrate(store, { dry_run: true });
    expect(report.applied).toHaveLength(loadMigrations().length);
    expect(report.statements.length).toBeGreaterThan(15);
    expect(await store.query('SELECT 1 FROM system.tables WHERE database = currentDatabase()')).toEqual([]);
  });

  test('a migration cut short after its first statement is finished by the next start', async () => {
    const [first] = loadMigrations().slice(1);
    const [statement] = first ? migrationStatements(first, {}) : [];
    if (statement) await store.command(statement);
    const report = await migrate(store);
    expect(report.applied).toHaveLength(loadMigrations().length);
  });

  test('migrating again does nothing', async () => {
    expect(await migrate(store)).toMatchObject({ applied: [], statements: [] });
    expect(await checkDrift(store)).toEqual([]);
  });

  test('every named table is there', async () => {
    const rows = await store.query<{ name: string }>(
      'SELECT name FROM system.tables WHERE database = currentDatabase()',
    );
    const names = rows.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...collected_tables, ...judgement_tables, ...rollup_tables]));
  });

  test('minutes are made from what is stored already, once, however often that is repeated', async () => {
    const stored = Array.from({ length: 90 }, (_, n) => {
      const window_start = utc(new Date(Date.UTC(2026, 10, 20, 10, 0, n * 20)));
      return {
        instance_id: 'pg',
        query_hash: String(n % 7),
        window_start,
        is_nested: n % 2,
        calls: n,
        total_time_us: n * 9,
      };
    });
    await store.insert('query_deltas', stored.map((row) => JSON.stringify(row)).join('\n'), { token: 'minutes' });
    const made_by = loadMigrations().find(({ name }) => name === '0008_create_instance_minutes.sql');
    const statements = made_by ? migrationStatements(made_by, {}) : [];
    const minutes = (from: string, minute: string): Promise<readonly object[]> =>
      store.query(
        `SELECT ${minute} AS minute, is_nested, sum(calls) AS calls, sum(total_time_us) AS time FROM ${from}
         GROUP BY ALL ORDER BY ALL`,
      );
    for (let time = 0; time < 2; time += 1) {
      for (const statement of statements) await store.command(statement);
      const made = await minutes('instance_minutes', 'minute_start');
      expect(made).toHaveLength(60);
      expect(made).toEqual(await minutes('query_deltas', 'toStartOfMinute(window_start)'));
    }
  });

  test('a file changed after it was applied is refused', async () => {
    const changed = loadMigrations().map((migration) => ({ ...migration, checksum: `${migration.checksum}x` }));
    await expect(migrate(store, { migrations: changed })).rejects.toThrow('was changed after it was applied');
  });

  test('a store that a newer program migrated is refused', async () => {
    await expect(migrate(store, { migrations: loadMigrations().slice(0, 2) })).rejects.toThrow('a newer one');
  });

  test('a failing statement names its migration, and nothing is recorded', async () => {
    const version = next_version;
    const broken = {
      version,
      name: '0099_break.sql',
      template: 'CREATE TABLE t (a Nope) ENGINE = Memory',
      checksum: 'x',
    };
    await expect(migrate(store, { migrations: [...loadMigrations(), broken] })).rejects.toThrow(
      '0099_break.sql failed',
    );
    expect((await migrate(store)).already_applied).not.toContain('0099_break.sql');
  });

  test('a table changed or dropped by hand is drift, and the next migration waits', async () => {
    await store.command('ALTER TABLE baselines ADD COLUMN by_hand UInt8');
    await store.command('DROP TABLE recommendation_events');
    const drift = await checkDrift(store);
    expect(drift.map(({ table, kind }) => `${table} ${kind}`)).toEqual([
      'baselines changed',
      'recommendation_events missing',
    ]);
    const next = { version: next_version, name: '0099_next.sql', template: 'SELECT 1', checksum: 'x' };
    await expect(migrate(store, { migrations: [...loadMigrations(), next] })).rejects.toThrow('changed by hand');
  });
});
