import { describe, expect, it } from '@jest/globals';
import type { OfKind } from '../shared/renderer.js';
import { definitionOf } from './index-definition.js';
import { indexName, render } from './render.js';

const index = (over: Partial<OfKind<'create_index'>> = {}): OfKind<'create_index'> => ({
  ...{ kind: 'create_index', database_name: 'shop', schema_name: 'dbo', table_name: 'orders' },
  ...{ columns: ['customer_id'], included_columns: [], method: 'btree' },
  ...over,
});
const setting = (over: Partial<OfKind<'change_setting'>>): OfKind<'change_setting'> => ({
  ...{ kind: 'change_setting', name: 'max degree of parallelism', value: '4', previous_value: '0' },
  ...{ scope: 'instance', change_needs: 'reload' },
  ...over,
});

describe('An index', () => {
  it('is built online where the edition can, and otherwise says that it locks', () => {
    const { ddl, rollback_ddl, cautions } = render(index({ columns: ['a', 'odd ] b'], included_columns: ['c'] }));
    const name = indexName(index({ columns: ['a', 'odd ] b'], included_columns: ['c'] }));
    const create = `CREATE NONCLUSTERED INDEX [${name}] ON [shop].[dbo].[orders] ([a], [odd ]] b]) INCLUDE ([c])`;
    expect(ddl).toEqual([
      `IF CAST(SERVERPROPERTY(N'EngineEdition') AS int) IN (3, 5, 8) ${create} WITH (ONLINE = ON, SORT_IN_TEMPDB = ON) ELSE ${create} WITH (SORT_IN_TEMPDB = ON)`,
    ]);
    expect(rollback_ddl).toEqual([`DROP INDEX IF EXISTS [${name}] ON [shop].[dbo].[orders]`]);
    expect(cautions.join()).toContain('Standard, Web and Express build offline');
  });

  it('that comes back keeps its name', () => {
    expect(render(index({ index_name: 'IX_old' })).ddl[0]).toContain('INDEX [IX_old] ON');
  });

  it('has another name for another definition, within 128 characters', () => {
    const alike = [
      index(),
      index({ table_name: 'orders_customer', columns: ['id'] }),
      index({ columns: ['customer', 'id'] }),
      index({ columns: ['customer'], included_columns: ['id'] }),
      index({ columns: ['😀'.repeat(90), 'x'] }),
      index({ columns: ['😀'.repeat(90), 'y'] }),
      index({ columns: ['é'.repeat(200)] }),
    ].map(indexName);
    expect(new Set(alike).size).toBe(alike.length);
    for (const name of alike) {
      expect(name.length).toBeLessThanOrEqual(128);
      expect((name as string & { isWellFormed(): boolean }).isWellFormed()).toBe(true);
    }
  });

  it.each([
    { definition: 'CREATE NONCLUSTERED INDEX [i] ON [dbo].[t] ([a])', incomplete: false },
    { definition: 'CREATE NONCLUSTERED INDEX [i] ON [dbo].[t] ([a]) WHERE state = ?', incomplete: true },
  ])('that is dropped comes back by $definition', ({ definition, incomplete }) => {
    const place = { database_name: 'shop', schema_name: 'dbo', table_name: 't', index_name: 'i' };
    const { ddl, rollback_ddl, cautions } = render({ kind: 'drop_index', ...place, definition });
    expect([ddl, rollback_ddl]).toEqual([['DROP INDEX IF EXISTS [i] ON [shop].[dbo].[t]'], [definition]]);
    expect(cautions.some((caution) => caution.includes('incomplete'))).toBe(incomplete);
  });

  it.each([
    {
      type_desc: 'CLUSTERED',
      is_unique: 1 as const,
      filter_definition: '',
      text: 'CREATE UNIQUE CLUSTERED INDEX [i] ON [dbo].[t] ([a] DESC, [b]) INCLUDE ([c])',
    },
    {
      type_desc: 'NONCLUSTERED',
      is_unique: 0 as const,
      filter_definition: '([x] IS NOT NULL)',
      text: 'CREATE NONCLUSTERED INDEX [i] ON [dbo].[t] ([a] DESC, [b]) INCLUDE ([c]) WHERE ([x] IS NOT NULL)',
    },
    {
      type_desc: 'NONCLUSTERED COLUMNSTORE',
      is_unique: 0 as const,
      filter_definition: '',
      text: 'CREATE NONCLUSTERED COLUMNSTORE INDEX [i] ON [dbo].[t] ([c])',
    },
    {
      type_desc: 'CLUSTERED COLUMNSTORE',
      is_unique: 0 as const,
      filter_definition: '',
      text: 'CREATE CLUSTERED COLUMNSTORE INDEX [i] ON [dbo].[t]',
    },
  ])('of type $type_desc is put together as $text', ({ text, ...rest }) => {
    const columns = [
      { name: 'a', is_included: 0, is_descending: 1 },
      { name: 'b', is_included: 0, is_descending: 0 },
      { name: 'c', is_included: 1, is_descending: 0 },
    ] as const;
    const place = { schema_name: 'dbo', table_name: 't', index_name: 'i' };
    expect(definitionOf({ ...place, columns, ...rest })).toBe(text);
  });
});

describe('A setting', () => {
  const configure = (name: string, value: string): string[] => [
    ...["EXEC sys.sp_configure N'show advanced options', 1", 'RECONFIGURE'],
    ...[`EXEC sys.sp_configure N'${name}', ${value}`, 'RECONFIGURE'],
  ];

  it('of the server is configured and taken back, with what it empties', () => {
    const { ddl, rollback_ddl, cautions } = render(setting({}));
    expect(ddl).toEqual(configure('max degree of parallelism', '4'));
    expect(rollback_ddl).toEqual(configure('max degree of parallelism', '0'));
    expect(cautions.join()).toContain('empties the plan cache');
  });

  it.each([
    {
      name: '[shop].MAXDOP',
      value: '2',
      ddl: `EXEC [shop].sys.sp_executesql N'ALTER DATABASE SCOPED CONFIGURATION SET MAXDOP = 2'`,
    },
    {
      name: '[a ]] b].LEGACY_CARDINALITY_ESTIMATION',
      value: 'ON',
      ddl: `EXEC [a ]] b].sys.sp_executesql N'ALTER DATABASE SCOPED CONFIGURATION SET LEGACY_CARDINALITY_ESTIMATION = ON'`,
    },
    { name: '[shop].compatibility_level', value: '160', ddl: 'ALTER DATABASE [shop] SET COMPATIBILITY_LEVEL = 160' },
    { name: '[shop].is_auto_update_stats_on', value: 'ON', ddl: 'ALTER DATABASE [shop] SET AUTO_UPDATE_STATISTICS ON' },
    {
      name: '[shop].is_parameterization_forced',
      value: 'ON',
      ddl: 'ALTER DATABASE [shop] SET PARAMETERIZATION FORCED',
    },
    {
      name: '[shop].is_read_committed_snapshot_on',
      value: 'ON',
      ddl: 'ALTER DATABASE [shop] SET READ_COMMITTED_SNAPSHOT ON',
    },
    { name: '[shop].recovery_model', value: 'SIMPLE', ddl: 'ALTER DATABASE [shop] SET RECOVERY SIMPLE' },
  ])('of a database: $name = $value', ({ name, value, ddl }) => {
    expect(render(setting({ name, value })).ddl).toEqual([ddl]);
  });

  it.each(['1; DROP TABLE t', "x' + N'y", 'a b'])('cannot smuggle a statement: %s', (value) => {
    for (const name of ['max degree of parallelism', '[shop].MAXDOP', '[shop].recovery_model'])
      for (const scope of ['instance', 'session'] as const) {
        const text = render(setting({ name, value, scope })).ddl.join('\n');
        const outside = text.replace(/N'(?:[^']|'')*'/g, '');
        expect(outside).not.toMatch(/DROP|a b|[+]/);
      }
  });

  it('of a session or a role says how far it reaches', () => {
    expect(render(setting({ scope: 'session', name: 'LOCK_TIMEOUT', value: '1000' })).ddl).toEqual([
      'SET LOCK_TIMEOUT 1000',
    ]);
    expect(render(setting({ scope: 'role' })).cautions.join()).toContain('no settings per login');
  });
});

it('statistics are refreshed by a sample', () => {
  const place = { database_name: 'shop', schema_name: 'dbo', table_name: 't' };
  expect(render({ kind: 'analyze_table', ...place }).ddl).toEqual(['UPDATE STATISTICS [shop].[dbo].[t]']);
});
