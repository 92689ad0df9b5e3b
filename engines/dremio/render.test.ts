import { describe, expect, it } from '@jest/globals';
import type { Action, ReflectionShape, RenderedAction } from '@plumbline/contracts';
import { render } from './render.js';

const place = { database_name: 'dremio', schema_name: 'lake.sales', table_name: 'or"ders' };

const raw: ReflectionShape = {
  ...{ reflection_name: 'narrow', kind: 'raw', display_columns: ['o_date', 'total'], dimension_columns: [] },
  ...{ measures: [], partition_columns: ['region'], sort_columns: ['o_date'] },
};
const aggregation: ReflectionShape = {
  ...{ reflection_name: 'by_region', kind: 'aggregation', display_columns: [], dimension_columns: ['region'] },
  ...{ measures: [{ column: 'total', functions: ['count', 'sum'] }], partition_columns: [], sort_columns: [] },
};

const cases: readonly (readonly [string, Action, Pick<RenderedAction, 'ddl' | 'rollback_ddl'>, RegExp])[] = [
  [
    'an index is a sorted raw reflection, and says that it is none',
    {
      kind: 'create_index',
      ...place,
      columns: ['o_date', 'o_id'],
      included_columns: ['o_id', 'total'],
      method: 'btree',
    },
    {
      ddl: [
        'ALTER TABLE "lake"."sales"."or""ders" CREATE RAW REFLECTION "plumbline_or_ders_o_date_o_id" ' +
          'USING DISPLAY ("o_date", "o_id", "total") LOCALSORT BY ("o_date", "o_id")',
      ],
      rollback_ddl: ['ALTER TABLE "lake"."sales"."or""ders" DROP REFLECTION "plumbline_or_ders_o_date_o_id"'],
    },
    /has no indexes/,
  ],
  [
    'dropping an index drops the reflection of its name',
    { kind: 'drop_index', ...place, index_name: 'by_date', definition: 'ALTER TABLE t CREATE RAW REFLECTION by_date' },
    {
      ddl: ['ALTER TABLE "lake"."sales"."or""ders" DROP REFLECTION "by_date"'],
      rollback_ddl: ['ALTER TABLE t CREATE RAW REFLECTION by_date'],
    },
    /has no indexes/,
  ],
  [
    'statistics',
    { kind: 'analyze_table', ...place },
    {
      ddl: ['ANALYZE TABLE "lake"."sales"."or""ders" FOR ALL COLUMNS COMPUTE STATISTICS'],
      rollback_ddl: ['ANALYZE TABLE "lake"."sales"."or""ders" FOR ALL COLUMNS DELETE STATISTICS'],
    },
    /whole table/,
  ],
  [
    'a support key of the cluster, with its value before',
    {
      ...{ kind: 'change_setting', name: 'planner.width', value: '8', previous_value: "it's" },
      ...{ scope: 'instance', change_needs: 'session' },
    },
    { ddl: ['ALTER SYSTEM SET "planner.width" = 8'], rollback_ddl: [`ALTER SYSTEM SET "planner.width" = 'it''s'`] },
    /administrator/,
  ],
  [
    'a support key of a role, which Dremio does not have',
    {
      ...{ kind: 'change_setting', name: 'planner.width', value: 'true', previous_value: '' },
      ...{ scope: 'role', change_needs: 'session' },
    },
    { ddl: ['ALTER SESSION SET "planner.width" = true'], rollback_ddl: ['ALTER SESSION RESET "planner.width"'] },
    /no settings per role/,
  ],
  [
    'a raw reflection, of a dataset whose path holds dots and quotes',
    { kind: 'create_reflection', database_name: 'dremio', dataset_path: ['s3', 'a.b', 'or"ders'], reflection: raw },
    {
      ddl: [
        'ALTER DATASET "s3"."a.b"."or""ders" CREATE RAW REFLECTION "narrow" USING DISPLAY ("o_date", "total") ' +
          'PARTITION BY ("region") LOCALSORT BY ("o_date")',
      ],
      rollback_ddl: ['ALTER DATASET "s3"."a.b"."or""ders" DROP REFLECTION "narrow"'],
    },
    /no other column than those of DISPLAY/,
  ],
  [
    'an aggregate reflection, without what it has no columns for',
    { kind: 'create_reflection', database_name: 'dremio', dataset_path: ['lake', 'orders'], reflection: aggregation },
    {
      ddl: [
        'ALTER DATASET "lake"."orders" CREATE AGGREGATE REFLECTION "by_region" USING DIMENSIONS ("region") ' +
          'MEASURES ("total" (COUNT, SUM))',
      ],
      rollback_ddl: ['ALTER DATASET "lake"."orders" DROP REFLECTION "by_region"'],
    },
    /not proven/,
  ],
  [
    'dropping a reflection, with the statement that makes it anew',
    {
      ...{ kind: 'drop_reflection', database_name: 'dremio', dataset_path: ['lake', 'orders'], reflection_id: 'r1' },
      reflection: aggregation,
    },
    {
      ddl: ['ALTER DATASET "lake"."orders" DROP REFLECTION "by_region"'],
      rollback_ddl: [
        'ALTER DATASET "lake"."orders" CREATE AGGREGATE REFLECTION "by_region" USING DIMENSIONS ("region") ' +
          'MEASURES ("total" (COUNT, SUM))',
      ],
    },
    /functions its measures have/,
  ],
  [
    'compaction, which changes no row',
    { kind: 'compact_table', ...place },
    { ddl: ['OPTIMIZE TABLE "lake"."sales"."or""ders" REWRITE DATA USING BIN_PACK'], rollback_ddl: [] },
    /ROLLBACK TABLE "lake"\."sales"\."or""ders" TO TIMESTAMP/,
  ],
  [
    'another text is for whoever sends it',
    { kind: 'rewrite_query', before: 'SELECT 1', after: 'SELECT 2' },
    { ddl: [], rollback_ddl: [] },
    /change it there/,
  ],
];

describe('an action as Dremio says it', () => {
  it.each(cases)('%s', (_title, action, statements, caution) => {
    const rendered = render(action);
    expect(rendered).toMatchObject(statements);
    expect(rendered.cautions.join('\n')).toMatch(caution);
  });
});
