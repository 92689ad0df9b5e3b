import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Connection } from 'mysql2/promise';
import type { OfKind } from '../shared/renderer.js';
import type { LocalServer } from './local-server.js';
import { indexName, render, settingValue } from './render.js';
import { applicationOf, describeOnServers, temporaryServer } from './testing/tools.js';

const place = { database_name: 'shop', schema_name: 'shop', table_name: 'odd `name' };
const index = (over: Partial<OfKind<'create_index'>> = {}): OfKind<'create_index'> => ({
  ...{ kind: 'create_index', ...place, columns: ['a'], included_columns: [], method: 'btree' },
  ...over,
});
const setting = (over: Partial<OfKind<'change_setting'>>): OfKind<'change_setting'> => ({
  ...{ kind: 'change_setting', name: 'sort_buffer_size', value: '1M', previous_value: '' },
  ...{ scope: 'instance', change_needs: 'session' },
  ...over,
});

it('names different indexes differently, within 64 characters', () => {
  const alike = [
    index(),
    index({ columns: ['a_b', 'c'] }),
    index({ columns: ['a', 'b_c'] }),
    index({ schema_name: 'other' }),
    index({ columns: ['é'.repeat(60), 'x'] }),
    index({ columns: ['é'.repeat(60), 'y'] }),
  ];
  const names = alike.map(indexName);
  expect(new Set(names).size).toBe(alike.length);
  for (const name of names) expect([...name].length).toBeLessThanOrEqual(64);
});

it.each([
  ['8MB', '8388608'],
  ['1g', '1073741824'],
  ['42', '42'],
  ['0.5', '0.5'],
  ['ON', 'ON'],
  ["it's \\", "'it''s \\\\'"],
  ['', "''"],
])('writes the value %s as %s', (value, written) => {
  expect(settingValue(value)).toBe(written);
});

describeOnServers('what is rendered', (binaries) => {
  let server: LocalServer;
  let client: Connection;
  beforeAll(async () => {
    server = await temporaryServer({ binaries });
    client = await applicationOf(server);
    await client.query('CREATE DATABASE shop');
    await client.query('CREATE TABLE shop.`odd ``name` (a int, `odd ``column` int, c int)');
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
  });
  const run = async (statements: readonly string[]): Promise<void> => {
    for (const sql of statements) await client.query(sql);
  };
  const indexes = async (): Promise<string[]> => {
    const [rows] = await client.query('SHOW INDEX FROM shop.`odd ``name`');
    return (rows as { Key_name: string; Column_name: string }[]).map((row) => `${row.Key_name} ${row.Column_name}`);
  };
  const global = async (name: string): Promise<string> => {
    const [rows] = await client.query(`SELECT @@GLOBAL.${name} AS value`);
    return String((rows as { value: unknown }[])[0]?.value);
  };

  it('makes an index under its name, with what should be covered at its end, and takes it back', async () => {
    const action = index({ columns: ['odd `column', 'a'], included_columns: ['a', 'c'] });
    const { ddl, rollback_ddl } = render(action);
    await run(ddl);
    const name = indexName(action);
    expect(await indexes()).toEqual([`${name} odd \`column`, `${name} a`, `${name} c`]);
    await run(rollback_ddl);
    expect(await indexes()).toEqual([]);
  });

  it('drops an index and makes it anew', async () => {
    const definition = 'CREATE INDEX `i` ON `shop`.`odd ``name` (`a`, `c` DESC) USING BTREE';
    await run([definition]);
    const { ddl, rollback_ddl } = render({ kind: 'drop_index', ...place, index_name: 'i', definition });
    await run(ddl);
    expect(await indexes()).toEqual([]);
    await run(rollback_ddl);
    expect(await indexes()).toEqual(['i a', 'i c']);
  });

  it('takes statistics of a table', () => run(render({ kind: 'analyze_table', ...place }).ddl));

  it('sets a variable for all sessions and puts the value before it back', async () => {
    await run(['SET GLOBAL sort_buffer_size = 524288']);
    const { ddl, rollback_ddl } = render(setting({ previous_value: '524288' }));
    await run(ddl);
    expect(await global('sort_buffer_size')).toBe('1048576');
    await run(rollback_ddl);
    expect(await global('sort_buffer_size')).toBe('524288');
    await run(render(setting({})).rollback_ddl);
    expect(Number(await global('sort_buffer_size'))).toBeGreaterThan(0);
  });

  it('sets one session only where a session is meant, and says that accounts have no settings', async () => {
    await run(render(setting({ scope: 'session' })).ddl);
    const { ddl, cautions } = render(setting({ scope: 'role' }));
    await run(ddl);
    expect(cautions.join()).toContain('no settings per account');
    const kept = binaries.family === 'mysql' ? '262144' : '2097152';
    await run([`SET GLOBAL sort_buffer_size = ${kept}`]);
    expect(await global('sort_buffer_size')).toBe(kept);
  });

  it('keeps a setting for the next start where the server can, and says where it cannot', async () => {
    const { ddl, rollback_ddl, cautions } = render(
      setting({ name: 'innodb_log_buffer_size', value: '16M', change_needs: 'restart' }),
    );
    expect(cautions.join()).toContain('MariaDB has no PERSIST');
    if (binaries.family === 'mysql') await run([...ddl, ...rollback_ddl]);
    else await expect(run(ddl)).rejects.toThrow(/syntax/);
  });
});
