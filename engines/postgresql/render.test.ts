import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Action } from '@plumbline/contracts';
import pg from 'pg';
import type { OfKind } from '../shared/renderer.js';
import type { LocalServer } from './local-server.js';
import { render } from './render.js';
import { temporaryServer } from './testing/tools.js';

const index = (over: Partial<OfKind<'create_index'>>): OfKind<'create_index'> => ({
  ...{ kind: 'create_index', database_name: 'postgres', schema_name: 'public', table_name: 'a', columns: ['b_c'] },
  ...{ included_columns: [], method: 'btree' },
  ...over,
});
const setting = (over: Partial<OfKind<'change_setting'>>): OfKind<'change_setting'> => ({
  ...{ kind: 'change_setting', name: 'work_mem', value: '8MB', previous_value: '6MB' },
  ...{ scope: 'role', change_needs: 'session' },
  ...over,
});
const nameOf = (action: Action): string => /INDEX CONCURRENTLY "(.*?)" ON/.exec(render(action).ddl[0] ?? '')?.[1] ?? '';

it('names different indexes differently, within 63 bytes', () => {
  const alike = [
    index({}),
    index({ table_name: 'a_b', columns: ['c'] }),
    index({ method: 'hash' }),
    index({ columns: ['b', 'c'] }),
    index({ columns: ['b'], included_columns: ['c'] }),
    index({ columns: ['é'.repeat(60), 'x'] }),
    index({ columns: ['é'.repeat(60), 'y'] }),
  ];
  const names = alike.map(nameOf);
  expect(new Set(names).size).toBe(alike.length);
  for (const name of names) {
    expect(Buffer.byteLength(name)).toBeGreaterThan(0);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
  }
  expect(names.at(-1)).toMatch(/^a_é+_[0-9a-f]{8}_idx$/);
});

it('gives a dropped index its own name back, and takes that one away again', () => {
  const { ddl, rollback_ddl } = render(index({ index_name: 'Old "name' }));
  expect(ddl).toEqual(['CREATE INDEX CONCURRENTLY "Old ""name" ON "public"."a" USING "btree" ("b_c")']);
  expect(rollback_ddl).toEqual(['DROP INDEX CONCURRENTLY IF EXISTS "public"."Old ""name"']);
});

describe('on a real server', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await temporaryServer({ prefer: 'system' });
  });
  afterAll(() => server.stop());
  const run = async (statements: readonly string[]): Promise<pg.QueryResult[]> => {
    const client = new pg.Client(server.url());
    await client.connect();
    const answers: pg.QueryResult[] = [];
    for (const sql of statements) answers.push(await client.query(sql));
    await client.end();
    return answers;
  };
  const shown = async (name: string): Promise<unknown> => {
    const [answer] = await run([`SHOW ${name}`]);
    return Object.values((answer?.rows[0] ?? {}) as object)[0];
  };

  it('puts the previous value of a role back', async () => {
    await run([`ALTER ROLE CURRENT_USER SET work_mem = '6MB'`]);
    const { ddl, rollback_ddl } = render(setting({}));
    await run(ddl);
    expect(await shown('work_mem')).toBe('8MB');
    await run(rollback_ddl);
    expect(await shown('work_mem')).toBe('6MB');
  });

  it('writes a list of libraries as a list, and takes it back', async () => {
    const change = { name: 'session_preload_libraries', value: 'auto_explain, "pg_stat_statements"' };
    const { ddl, rollback_ddl } = render(
      setting({ ...change, previous_value: '', scope: 'instance', change_needs: 'reload' }),
    );
    await run(ddl);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await shown(change.name)).toBe('auto_explain, pg_stat_statements');
    await run(rollback_ddl);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await shown(change.name)).toBe('');
  });

  it('makes the index under its name and drops it again', async () => {
    const action = index({ columns: ['b_c', 'odd "name'], included_columns: ['d'] });
    await run(['CREATE TABLE a (b_c int, "odd ""name" int, d int)']);
    const { ddl, rollback_ddl } = render(action);
    await run(ddl);
    const made = async () => (await run([`SELECT FROM pg_class WHERE relname = '${nameOf(action)}'`]))[0]?.rowCount;
    expect(await made()).toBe(1);
    await run(rollback_ddl);
    expect(await made()).toBe(0);
  });
});
