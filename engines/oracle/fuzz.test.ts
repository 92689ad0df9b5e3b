import { describe, expect, it } from '@jest/globals';
import { instanceId, SourceError, type ConnectionTarget, type EngineConnection } from '@plumbline/contracts';
import fc from 'fast-check';
import { aspects } from './aspects.js';
import { openConnection } from './connection.js';
import type { Driver, DriverAnswer } from './driver.js';
import { default_options, histories } from './options.js';
import { statement } from './source.js';
import { sheet } from './testing/sheet.js';
import { collectTools } from './testing/tools.js';

const target: ConnectionTarget = {
  ...{ instance_id: instanceId('test'), host: 'db', port: 1521, database_name: 'X', user_name: 'MON', password: '' },
  tls: 'off',
};

/** What a driver or a network may hand over instead of a value. */
const value = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    '',
    '0',
    '-1',
    '1.5',
    '.5',
    '1e30',
    'NaN',
    '2026-11-01T00:00:00.000',
    '2026-99-99T99:99:99',
  ),
  fc.constantFrom(
    '18446744073709551615',
    '9'.repeat(60),
    'x'.repeat(1_200_000),
    '\ud800 broken \u0000 \ufffd',
    'it\'s "odd"',
  ),
  fc.constantFrom(0, 1, -1, 0.1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, true, 7n, Symbol.iterator),
  fc.constantFrom(new Date(0), new Date(Number.NaN), Buffer.from([0xff, 0xfe]), {}, [], () => 1, {
    getData: () => 'x',
  }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.nat({ max: 5_000 }).map(String),
);

/** The names that a statement selects, as its answer would have them. */
const namesOf = (sql: string): string[] =>
  [...sql.matchAll(/(?:\bAS |, |SELECT |\.)([a-z_]\w*)/gi)].map(([, name]) => (name ?? '').toUpperCase());

const facts = {
  DBID: '1',
  CON_DBID: '1',
  DATABASE_NAME: 'ORCL',
  VERSION: '19.3',
  CDB: 'NO',
  OFFSET_S: '0',
  USER_NAME: 'M',
};
const dictionary = sheet.flatMap(({ schema_name, table_name, columns }) =>
  Object.keys(columns).map((column) => [schema_name || 'SYS', table_name.replace(/^(G?V)\$/, '$1_$'), column]),
);

/** Truthful until connected, then as `junk` has it. */
function fuzzedDriver(junk: (names: readonly string[]) => DriverAnswer | undefined): Driver {
  const isOf = (file: string, sql: string): boolean => sql.includes(statement(file).slice(0, 40));
  const execute = (sql: string): DriverAnswer | undefined => {
    if (sql.startsWith('SET')) return {};
    if (isOf('privileges.sql', sql)) return { metaData: [{ name: 'PRIVILEGE' }], rows: [] };
    if (isOf('dictionary.sql', sql)) {
      return { metaData: ['OWNER', 'TABLE_NAME', 'COLUMN_NAME'].map((name) => ({ name })), rows: dictionary };
    }
    if (sql.includes('SESSION_USER')) {
      return { metaData: Object.keys(facts).map((name) => ({ name })), rows: [Object.values(facts)] };
    }
    if (isOf('facts-parameters.sql', sql)) {
      const rows = [['control_management_pack_access', 'DIAGNOSTIC']];
      return { metaData: [{ name: 'NAME' }, { name: 'VALUE' }], rows };
    }
    return junk(namesOf(sql));
  };
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    ...{ OUT_FORMAT_ARRAY: 1, STRING: 'text' },
    getConnection: () =>
      Promise.resolve({
        ...{ callTimeout: 0, module: '', action: '', rollback: nothing, close: nothing },
        execute: async (sql) => Promise.resolve(execute(sql)),
      }),
  };
}

/** Reads every aspect twice; anything thrown but SourceError fails the property. */
async function readAll(driver: Driver, history: (typeof histories)[number]): Promise<number> {
  const tools = collectTools();
  const options = { ...default_options, diagnostics_pack_licensed: true, history };
  const opened = await openConnection(target, options, () => Promise.resolve(driver)).catch((error: unknown) => error);
  if (opened instanceof Error) {
    expect(opened).toBeInstanceOf(SourceError);
    return 0;
  }
  const connection = opened as EngineConnection;
  let answers = 0;
  for (const { name } of aspects) {
    let state: unknown;
    for (let time = 0; time < 3; time++) {
      tools.advance(60_000);
      try {
        const answer = await connection.collect(name, state, tools);
        state = JSON.parse(JSON.stringify(answer.state));
        const rows = JSON.stringify(answer.rows, (_key, one: unknown) => (typeof one === 'bigint' ? `${one}` : one));
        expect(rows).not.toMatch(/\\ud[89a-f]/); // half a character would be no JSON for the store
        answers++;
      } catch (error) {
        expect(error).toBeInstanceOf(SourceError);
      }
    }
  }
  await connection.close();
  return answers;
}

describe('Whatever the driver hands over', () => {
  it.each(histories.filter((history) => history !== 'auto'))(
    'with values of any kind, reading %s throws SourceError or nothing',
    async (history) => {
      const rows = fc.array(fc.array(value, { minLength: 40, maxLength: 40 }), { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(rows, async (junk) => {
          const driver = fuzzedDriver((names) => ({ metaData: names.map((name) => ({ name })), rows: junk }));
          expect(await readAll(driver, history)).toBe(aspects.length * 3);
        }),
        { numRuns: 10 },
      );
    },
  );

  it.each([
    { what: 'nothing', answer: undefined },
    { what: 'no columns', answer: { rows: [[1, 2]] } },
    { what: 'no rows', answer: { metaData: [{ name: 'SQL_ID' }] } },
    { what: 'rows that are no rows', answer: { metaData: [{ name: 'SQL_ID' }], rows: [null, 7, 'text', {}] } },
    { what: 'columns that are no columns', answer: { metaData: [null, 7] as never, rows: [[1]] } },
  ])('with $what for an answer', async ({ answer }) => {
    await expect(
      readAll(
        fuzzedDriver(() => answer),
        'awr',
      ),
    ).resolves.toBeGreaterThanOrEqual(0);
  });
});
