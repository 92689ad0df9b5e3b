import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { DriverDouble } from '../testing/relational/driver-double.js';
import type { StandIn } from '../testing/relational/stand-in.js';
import { files_of, optional_files } from './aspects.js';
import { fitted, viewsOf } from './fitted.js';
import { readDictionary } from './dictionary.js';
import type { Dictionary } from './source.js';
import { statement } from './source.js';
import { oracle_spelling } from './testing/oracle-spelling.js';
import { sheet } from './testing/sheet.js';
import { startOracleStandIn } from './testing/stand-in.js';

const files = readdirSync(new URL('./collect/', import.meta.url)).filter((file) => file.endsWith('.sql'));
const fullName = ({ schema_name, table_name }: (typeof sheet)[number]) =>
  schema_name === '' ? table_name : `${schema_name}.${table_name}`;
const listed = new Map(sheet.map((table) => [fullName(table), new Set(Object.keys(table.columns))]));
const newest: Dictionary = {
  has: (view, column) => listed.get(view)?.has(column.toUpperCase()) ?? false,
  canRead: (view) => listed.has(view),
};
const oldest: Dictionary = { has: () => false, canRead: () => true };

/**
 * The stand-in has exactly the tables and columns of the sheet: a statement that names any other fails there. So each
 * statement is run, as the newest and as the oldest server would be asked.
 */
describe('Every column that the statements name stands in the sheet', () => {
  let stand_in: StandIn;
  let double: DriverDouble;

  beforeAll(async () => {
    stand_in = await startOracleStandIn();
    double = await DriverDouble.connect({
      url: stand_in.server.url(),
      sign: ':',
      spelling: oracle_spelling,
      errorOf: (sqlstate, sql) => new Error(`${sqlstate}: ${sql}`),
    });
  });
  afterAll(async () => {
    await double.close();
    await stand_in.stop();
  });

  const run = (sql: string) => {
    const binds = Object.fromEntries([...sql.matchAll(/:([a-z_]\w*)/g)].map(([, name]) => [name ?? '', '1']));
    return double.run(sql, binds);
  };

  it.each(files)('%s on the newest server', async (file) => {
    await expect(run(fitted(statement(file), newest))).resolves.toBeDefined();
  });

  it.each(files.filter((file) => statement(file).includes(' of ')))('%s on the oldest server', async (file) => {
    const sql = fitted(statement(file), oldest);
    expect(sql).not.toContain('{{');
    await expect(run(sql)).resolves.toBeDefined();
  });

  it('and a column that does not is found out', async () => {
    await expect(run('SELECT sql_ident FROM gv$sqlstats')).rejects.toThrow('42703');
  });

  it.each(files)('%s says in its header what it reads and what that needs', (file) => {
    const text = readFileSync(new URL(`./collect/${file}`, import.meta.url), 'utf8');
    const header = text
      .split('\n')
      .filter((line) => line.startsWith('--'))
      .join(' ');
    for (const view of viewsOf(fitted(statement(file), newest)))
      expect(header).toContain(view.replace('PERFSTAT.', ''));
    expect(header).toMatch(/Needs (READ|nothing)/);
  });

  it('and the dictionary is asked for every view that a statement names', async () => {
    const query = async (file: string) => {
      const { columns, rows } = await run(fitted(statement(file), newest));
      return rows.map((row) => Object.fromEntries(columns.map(({ name }, place) => [name, row[place]])));
    };
    const dictionary = await readDictionary(query);
    const named = files.flatMap((file) => viewsOf(fitted(statement(file), newest)));
    expect(
      [...new Set(named)].filter(
        (view) => !/^(ALL_TAB_COLUMNS|SESSION_PRIVS)$/.test(view) && !dictionary.canRead(view),
      ),
    ).toEqual([]);
  });

  it('and every statement belongs to an aspect, whose grants the checkup then names', () => {
    const known = new Set([
      ...Object.values(files_of).flatMap((ways) => Object.values(ways).flat()),
      ...[...optional_files, 'dictionary.sql', 'dictionary-any.sql', 'privileges.sql', 'awr-imported.sql'],
    ]);
    expect(files.filter((file) => !known.has(file))).toEqual([]);
  });
});
