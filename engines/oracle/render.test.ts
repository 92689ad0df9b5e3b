import { describe, expect, it } from '@jest/globals';
import type { Action } from '@plumbline/contracts';
import { indexName, render } from './render.js';
import { what_if } from './what-if.js';

const orders = { database_name: 'SALES', schema_name: 'SHOP', table_name: 'ORDERS' };
const index = { kind: 'create_index', ...orders, included_columns: [], method: 'btree' } as const;
const setting = { kind: 'change_setting', value: '200', previous_value: '100', scope: 'instance' } as const;

describe('Oracle renders', () => {
  const cases: readonly { what: string; action: Action; ddl: readonly string[]; back: readonly string[] }[] = [
    {
      what: 'an index that is built while writes go on',
      action: { ...index, columns: ['CUSTOMER_ID', 'MADE_AT'] },
      ddl: [
        'CREATE INDEX "SHOP"."ORDERS_CUSTOMER_ID_4A1A1028_IX" ON "SHOP"."ORDERS" ("CUSTOMER_ID", "MADE_AT") ONLINE',
      ],
      back: [
        'ALTER INDEX "SHOP"."ORDERS_CUSTOMER_ID_4A1A1028_IX" INVISIBLE',
        'DROP INDEX "SHOP"."ORDERS_CUSTOMER_ID_4A1A1028_IX" ONLINE',
      ],
    },
    {
      what: 'included columns at the end of the key, and an expression as it is',
      action: { ...index, columns: ['(UPPER("NAME"))'], included_columns: ['ID'], index_name: 'BACK_AGAIN' },
      ddl: ['CREATE INDEX "SHOP"."BACK_AGAIN" ON "SHOP"."ORDERS" ((UPPER("NAME")), "ID") ONLINE'],
      back: ['ALTER INDEX "SHOP"."BACK_AGAIN" INVISIBLE', 'DROP INDEX "SHOP"."BACK_AGAIN" ONLINE'],
    },
    {
      what: 'an index that is made invisible before it is dropped',
      action: {
        ...{ kind: 'drop_index', ...orders, index_name: 'OLD' },
        definition: 'CREATE UNIQUE INDEX "SHOP"."OLD" ON "SHOP"."ORDERS" ("ID")',
      },
      ddl: ['ALTER INDEX "SHOP"."OLD" INVISIBLE', 'DROP INDEX "SHOP"."OLD" ONLINE'],
      back: ['CREATE UNIQUE INDEX "SHOP"."OLD" ON "SHOP"."ORDERS" ("ID") ONLINE'],
    },
    {
      what: 'statistics of a table',
      action: { kind: 'analyze_table', ...orders, table_name: "O'Hara" },
      ddl: [`BEGIN DBMS_STATS.GATHER_TABLE_STATS(ownname => '"SHOP"', tabname => '"O''Hara"'); END;`],
      back: [
        `BEGIN DBMS_STATS.RESTORE_TABLE_STATS(ownname => '"SHOP"', tabname => '"O''Hara"', as_of_timestamp => SYSTIMESTAMP - INTERVAL '1' DAY); END;`,
      ],
    },
    {
      what: 'a parameter that takes effect at once',
      action: { ...setting, name: 'optimizer_index_cost_adj', change_needs: 'reload' },
      ddl: ['ALTER SYSTEM SET optimizer_index_cost_adj = 200 SCOPE = BOTH'],
      back: ['ALTER SYSTEM SET optimizer_index_cost_adj = 100 SCOPE = BOTH'],
    },
    {
      what: 'a hidden parameter that needs a restart, with a value that must be quoted',
      action: { ...setting, name: '_odd', value: "a b's", previous_value: '', change_needs: 'restart' },
      ddl: [`ALTER SYSTEM SET "_odd" = 'a b''s' SCOPE = SPFILE`],
      back: ['ALTER SYSTEM RESET "_odd" SCOPE = SPFILE'],
    },
    {
      what: 'a parameter of one session',
      action: { ...setting, name: 'optimizer_mode', scope: 'session', change_needs: 'session' },
      ddl: ['ALTER SESSION SET optimizer_mode = 200'],
      back: ['ALTER SESSION SET optimizer_mode = 100'],
    },
    {
      what: 'a parameter of one user, by a trigger',
      action: { ...setting, name: 'optimizer_mode', value: 'a b', scope: 'role', change_needs: 'session' },
      ddl: [
        `CREATE OR REPLACE TRIGGER "PLUMBLINE_OPTIMIZER_MODE" AFTER LOGON ON SCHEMA BEGIN EXECUTE IMMEDIATE 'ALTER SESSION SET optimizer_mode = ''a b'''; END;`,
      ],
      back: ['DROP TRIGGER "PLUMBLINE_OPTIMIZER_MODE"'],
    },
  ];

  it.each(cases)('$what', ({ action, ddl, back }) => {
    const rendered = render(action);
    expect(rendered.ddl).toEqual(ddl);
    expect(rendered.rollback_ddl).toEqual(back);
  });

  it('a bitmap index without ONLINE, and warns of its locks', () => {
    const rendered = render({ ...index, columns: ['STATUS'], method: 'bitmap' });
    expect(rendered.ddl[0]).toMatch(/^CREATE BITMAP INDEX .*\("STATUS"\)$/);
    expect(rendered.cautions.join()).toContain('locks many rows');
  });

  it('names that fit 12.1, begin with a letter, and differ when the index does', () => {
    const of = (columns: readonly string[], table_name = 'ORDERS') => indexName({ ...index, table_name, columns });
    const names = [of(['a_b', 'c']), of(['a', 'b_c']), of(['x'.repeat(90)]), of(['1'], '7"é')];
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Z0-9_]{3,29}$/);
  });

  it('a warning where the way back has lost its literals', () => {
    const definition = 'CREATE INDEX "S"."I" ON "S"."T" (substr(a, ?, ?))';
    const { cautions } = render({ kind: 'drop_index', ...orders, index_name: 'I', definition });
    expect(cautions.join()).toContain('DBMS_METADATA.GET_DDL');
  });
});

it('An index cannot be proven on Oracle, and the reason says why', async () => {
  expect(what_if).toMatchObject({ can_prove: false, reason: expect.stringContaining('DDL') });
  await expect(what_if.plan('SALES', 'select 1', [])).rejects.toMatchObject({ failure: 'unsupported' });
  const size = what_if.indexSizeBytes('SALES', { ...index, columns: ['ID'] });
  await expect(size).rejects.toMatchObject({ failure: 'unsupported', fix: expect.stringContaining('INVISIBLE') });
});
