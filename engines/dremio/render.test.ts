import { describe, expect, it } from '@jest/globals';
import type { Action, RenderedAction } from '@plumbline/contracts';
import { render } from './render.js';

const place = { database_name: 'dremio', schema_name: 'lake.sales', table_name: 'or"ders' };

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
