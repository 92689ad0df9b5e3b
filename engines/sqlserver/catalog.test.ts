import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StandInDatabase } from './testing/stand-in.js';
import { serverAtNoon } from './testing/server-at-noon.js';
import type { UnderTest } from './testing/under-test.js';
import { after } from './testing/tools.js';

describe('The catalogs of each database', () => {
  let shop: StandInDatabase;
  let under: UnderTest;
  serverAtNoon((server) => {
    ({ shop, under } = server);
  });

  const table = { object_id: 100, schema_id: 1, name: 'orders', is_ms_shipped: 0 };
  const index = (index_id: number, name: string, over: Record<string, unknown> = {}) => ({
    ...{ object_id: 100, index_id, name, type_desc: index_id === 1 ? 'CLUSTERED' : 'NONCLUSTERED', is_unique: 0 },
    ...{ is_primary_key: 0, is_unique_constraint: 0, is_disabled: 0, is_hypothetical: 0, ...over },
  });
  const use = (index_id: number, seeks: number, scans: number, updates: number) => ({
    ...{ database_id: 5, object_id: 100, index_id, user_seeks: seeks, user_scans: scans, user_lookups: 0 },
    user_updates: updates,
  });
  beforeAll(async () => {
    await shop.load('schemas', [{ schema_id: 1, name: 'dbo' }]);
    await shop.load('types', [
      { user_type_id: 1, name: 'nvarchar' },
      { user_type_id: 2, name: 'decimal' },
      { user_type_id: 3, name: 'int' },
    ]);
    await shop.load('dm_db_partition_stats', [
      { object_id: 100, index_id: 1, used_page_count: 10, row_count: 9_007_199_254_740_993n },
      { object_id: 100, index_id: 2, used_page_count: 4, row_count: 9_007_199_254_740_993n },
    ]);
    await shop.load('stats', [{ object_id: 100, stats_id: 1, name: 's' }]);
    await shop.load('dm_db_stats_properties', [
      { object_id: 100, stats_id: 1, rows: 80, modification_counter: 7, last_updated: '2026-11-19 02:00:00' },
    ]);
  });
  beforeEach(async () => {
    await shop.set('tables', [table]);
    await shop.set('dm_db_index_usage_stats', [
      use(1, 5, 2, 9),
      use(2, 3, 0, 9),
      { ...use(2, 99, 99, 99), database_id: 6 },
    ]);
  });

  it('tables tells sizes and statistics now, and uses since the last reading', async () => {
    const first = await under.read('tables');
    expect(first.rows.table_snapshots).toMatchObject([
      {
        ...{ database_name: 'shop', schema_name: 'dbo', table_name: 'orders', live_rows: 9_007_199_254_740_993n },
        ...{ size_bytes: 114_688n, estimated_rows: 80, modified_since_analyze_rows: 7n, seq_scans: 0n },
        last_analyzed_at: '2026-11-19 00:00:00.000',
      },
    ]);
    await shop.set('dm_db_index_usage_stats', [use(1, 6, 5, 12), use(2, 13, 1, 12)]);
    await under.at(after(5));
    const second = await under.read('tables');
    expect(second.rows.table_snapshots).toMatchObject([{ seq_scans: 3n, index_scans: 12n, updated_rows: 3n }]);
    expect(second.rows.instance_events).toEqual([]);
  });

  it('tables notices what is made, dropped and analyzed', async () => {
    await under.read('tables');
    await shop.set('tables', [{ ...table, object_id: 101, name: 'fresh' }]);
    await under.at(after(5));
    const events = (await under.read('tables')).rows.instance_events ?? [];
    expect(events.map(({ kind, object_name }) => `${kind} ${object_name}`)).toEqual([
      'table_created dbo.fresh',
      'table_dropped dbo.orders',
    ]);
  });

  it('indexes puts definitions together, counts uses, and hides literals of filters', async () => {
    const column = (index_id: number, column_id: number, place: number, included = 0, descending = 0) => ({
      ...{ object_id: 100, index_id, index_column_id: place, column_id, key_ordinal: included === 1 ? 0 : place },
      ...{ is_included_column: included, is_descending_key: descending },
    });
    await shop.set('columns', [
      { object_id: 100, column_id: 1, name: 'id', user_type_id: 3 },
      { object_id: 100, column_id: 2, name: 'customer id', user_type_id: 3 },
      { object_id: 100, column_id: 3, name: 'note', user_type_id: 1 },
    ]);
    await shop.set('index_columns', [column(1, 1, 1), column(2, 3, 2, 1), column(2, 2, 1, 0, 1)]);
    await shop.set('indexes', [
      index(1, 'PK_orders', { is_unique: 1, is_primary_key: 1 }),
      index(2, 'IX_customer', { filter_definition: "([state]='secret')", is_disabled: 1 }),
      index(3, 'imagined', { is_hypothetical: 1 }),
      { object_id: 100, index_id: 0, type_desc: 'HEAP', is_hypothetical: 0 },
    ] as never);
    const first = await under.read('indexes');
    expect(first.rows.index_snapshots).toMatchObject([
      {
        ...{ index_name: 'PK_orders', backs_constraint: 1, is_valid: 1, size_bytes: 81_920n, method: 'clustered' },
        definition: 'CREATE UNIQUE CLUSTERED INDEX [PK_orders] ON [dbo].[orders] ([id])',
      },
      {
        ...{ index_name: 'IX_customer', is_valid: 0, key_columns: ['customer id'], included_columns: ['note'] },
        definition:
          'CREATE NONCLUSTERED INDEX [IX_customer] ON [dbo].[orders] ([customer id] DESC) INCLUDE ([note]) WHERE (state = ?)',
      },
    ]);
    expect(JSON.stringify(first.state)).not.toContain('secret');
    await shop.set('dm_db_index_usage_stats', [use(1, 5, 2, 9), use(2, 53, 0, 9)]);
    await shop.set('indexes', [
      index(1, 'PK_orders', { is_unique: 1, is_primary_key: 1 }),
      index(2, 'IX_other'),
    ] as never);
    await under.at(after(5));
    const second = await under.read('indexes');
    expect(second.rows.instance_events?.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'index_dropped IX_customer',
      'index_created IX_other',
    ]);
  });

  it('indexes tells what the optimizer missed, with its columns apart and the counts of this database alone', async () => {
    await shop.set('dm_db_missing_index_details', [
      {
        ...{ index_handle: 7, database_id: 5, object_id: 100, equality_columns: '[customer id], [odd]]name]' },
        ...{ inequality_columns: '[placed_at]', included_columns: null },
      },
      { index_handle: 8, database_id: 6, object_id: 100, equality_columns: '[of another database]' },
    ] as never);
    await shop.set('dm_db_missing_index_groups', [
      { index_group_handle: 70, index_handle: 7 },
      { index_group_handle: 80, index_handle: 8 },
    ]);
    await shop.set('dm_db_missing_index_group_stats', [
      {
        group_handle: 70,
        user_seeks: 9_007_199_254_740_993n,
        user_scans: 2,
        avg_total_user_cost: 12.5,
        avg_user_impact: 97.3,
      },
      { group_handle: 80, user_seeks: 1, user_scans: 0, avg_total_user_cost: 1, avg_user_impact: 50 },
    ] as never);
    const { rows, outcome } = await under.read('indexes');
    expect(outcome.state).toBe('ok');
    expect(rows.index_hint_snapshots).toMatchObject([
      {
        ...{ database_name: 'shop', schema_name: 'dbo', table_name: 'orders' },
        ...{ equality_columns: ['customer id', 'odd]name'], inequality_columns: ['placed_at'], included_columns: [] },
        ...{ uses: 9_007_199_254_740_995n, average_cost: 12.5, impact_ratio: 0.973 },
      },
    ]);
  });

  it('schema tells types as they are written, and columns that changed', async () => {
    const column = (name: string, user_type_id: number, over: Record<string, unknown> = {}) => ({
      ...{ object_id: 100, column_id: 1, name, user_type_id, max_length: 4, precision: 10, scale: 0, is_nullable: 1 },
      ...over,
    });
    await shop.set('columns', [
      column('a', 1, { max_length: 100 }),
      column('b', 1, { max_length: -1, is_nullable: 0 }),
      column('c', 2, { precision: 12, scale: 2 }),
      column('d', 3),
    ] as never);
    const first = await under.read('schema');
    expect(first.rows.column_snapshots?.map(({ data_type }) => data_type)).toEqual([
      ...['nvarchar(50)', 'nvarchar(max)', 'decimal(12,2)', 'int'],
    ]);
    await shop.set('columns', [column('a', 1, { max_length: 200 }), column('d', 3)] as never);
    await under.at(after(60));
    const second = await under.read('schema');
    expect(second.rows.column_snapshots).toHaveLength(1);
    expect(second.rows.instance_events?.map(({ subject, before, after: is }) => [subject, before, is])).toEqual([
      ['a', 'nvarchar(50)', 'nvarchar(100)'],
      ['b', 'nvarchar(max) not null', ''],
      ['c', 'decimal(12,2)', ''],
    ]);
  });
});
