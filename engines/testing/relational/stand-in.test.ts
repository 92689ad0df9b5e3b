import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DriverDouble } from './driver-double.js';
import { startStandIn, type StandIn } from './stand-in.js';

const described = {
  schema_name: 'SYS',
  table_name: 'V$ODD',
  columns: { ID: 'NUMBER', NAME: 'TEXT', 'SERIAL#': 'NUMBER', AT: 'STAMP' },
};
const native: Readonly<Record<string, string>> = { NUMBER: 'numeric', TEXT: 'text', STAMP: 'timestamp' };

describe('The relational stand-in', () => {
  let stand_in: StandIn;
  const doubleOf = (user_name: string) =>
    DriverDouble.connect({
      url: stand_in.server.url().replace('postgres@', `${user_name}@`),
      sign: ':',
      spelling: [],
      errorOf: (sqlstate) => new Error(`native error of ${sqlstate}`),
    });

  beforeAll(async () => {
    stand_in = await startStandIn({
      tables: [described],
      typeOf: (type) => native[type] ?? 'unknown',
      setup: ['CREATE TABLE dual AS SELECT 1 AS dummy'],
    });
    await stand_in.createUser('reader');
    await stand_in.createUser('stranger', []);
  });
  afterAll(() => stand_in.stop());

  it('gives back every digit of what was loaded, as text, with its type', async () => {
    const at = new Date('2026-11-01T10:00:00.125Z');
    await stand_in.load('sys.v$odd', [{ id: 18446744073709551615n, name: `o'dd :id`, 'serial#': '7', at }, {}]);
    const double = await doubleOf('reader');
    const answer = await double.run('SELECT id, name, "serial#", at FROM sys.v$odd WHERE id = :id OR id IS NULL', {
      id: '18446744073709551615',
    });
    await double.close();
    expect(answer.columns.map(({ type }) => type)).toEqual(['numeric', 'text', 'numeric', 'timestamp']);
    expect(answer.rows).toEqual([
      ['18446744073709551615', `o'dd :id`, '7', '2026-11-01 10:00:00.125'],
      [null, null, null, null],
    ]);
    await stand_in.empty('sys.v$odd');
  });

  it('refuses a column or table that the description does not list', async () => {
    await expect(stand_in.load('sys.v$odd', [{ nought: 1 }])).rejects.toThrow('has no column "nought"');
    await expect(stand_in.load('sys.v$gone', [])).rejects.toThrow('has no table "sys.v$gone"');
  });

  it('throws the error of the engine when a grant is missing', async () => {
    const double = await doubleOf('stranger');
    await expect(double.run('SELECT id FROM sys.v$odd')).rejects.toThrow('native error of 42501');
    await double.close();
  });
});
