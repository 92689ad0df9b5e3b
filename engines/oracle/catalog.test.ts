import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AspectName, Collected, EngineConnection } from '@plumbline/contracts';
import type { StandIn } from '../testing/relational/stand-in.js';
import { methodOf } from './collect/index-parts.js';
import { hidden_value } from '../shared/settings.js';
import { mayHoldSecret } from './collect/settings.js';
import { dataTypeOf } from './collect/schema.js';
import { loadDatabase, local } from './testing/awr-history.js';
import { openStandIn, startOracleStandIn } from './testing/stand-in.js';
import { collectTools } from './testing/tools.js';

const of = { owner: 'SHOP', table_name: 'ORDERS' };
const index = {
  ...{ owner: 'SHOP', index_name: 'ORDERS_CUSTOMER', table_owner: 'SHOP', table_name: 'ORDERS' },
  ...{ index_type: 'NORMAL', uniqueness: 'NONUNIQUE', status: 'VALID', visibility: 'VISIBLE', leaf_blocks: 10 },
};
const part = (index_name: string, column_name: string, column_position: number, descend = 'ASC') => ({
  ...{ index_owner: 'SHOP', index_name, table_owner: 'SHOP', table_name: 'ORDERS' },
  ...{ column_name, column_position, descend },
});

describe('The catalog of Oracle', () => {
  let stand_in: StandIn;
  let connection: EngineConnection;
  const states = new Map<AspectName, unknown>();
  const tools = collectTools();

  beforeAll(async () => {
    stand_in = await startOracleStandIn();
    await loadDatabase(stand_in);
    connection = await openStandIn(stand_in);
    await stand_in.load('DBA_USERS', [
      { username: 'SHOP', oracle_maintained: 'N' },
      { username: 'SYS', oracle_maintained: 'Y' },
    ]);
  });
  afterAll(async () => {
    await connection.close();
    await stand_in.stop();
  });
  beforeEach(async () => {
    states.clear();
    await stand_in.empty('DBA_TABLES', 'DBA_TAB_MODIFICATIONS', 'DBA_TAB_COLUMNS', 'DBA_TAB_COL_STATISTICS');
    await stand_in.empty('DBA_INDEXES', 'DBA_IND_COLUMNS', 'DBA_IND_EXPRESSIONS', 'DBA_CONSTRAINTS');
    await stand_in.empty('DBA_CONS_COLUMNS', 'DBA_INDEX_USAGE', 'V$SYSTEM_PARAMETER');
    const table = { ...of, num_rows: 1_000, blocks: 5, temporary: 'N', last_analyzed: local('2026-10-30T02:00:00Z') };
    await stand_in.load('DBA_TABLES', [table, { ...table, owner: 'SYS', table_name: 'TAB$' }]);
  });
  const read = async (aspect: AspectName): Promise<Collected> => {
    tools.advance(60_000);
    const answer = await connection.collect(aspect, states.get(aspect), tools);
    expect(answer.outcome).toEqual({ state: 'ok', message: '', fix: '' });
    states.set(aspect, JSON.parse(JSON.stringify(answer.state)));
    return answer;
  };
  const eventsOf = ({ rows }: Collected) =>
    (rows.instance_events ?? []).map(({ kind, object_name, subject }) => `${kind} ${object_name} ${subject}`.trim());

  it('tells rows and writes of tables that are not Oracle’s own', async () => {
    const changes = { table_owner: 'SHOP', table_name: 'ORDERS', inserts: 30, updates: 5, deletes: 10 };
    await stand_in.load('DBA_TAB_MODIFICATIONS', [changes, { ...changes, partition_name: 'P1' }]);
    const first = await read('tables');
    expect(first.rows.table_snapshots).toEqual([
      expect.objectContaining({
        ...{ schema_name: 'SHOP', table_name: 'ORDERS', estimated_rows: 1_000, live_rows: 1_020n, inserted_rows: 0n },
        ...{ modified_since_analyze_rows: 45n, size_bytes: 40_960n, last_analyzed_at: '2026-10-30 02:00:00.000' },
      }),
    ]);
    await stand_in.client.query('UPDATE dba_tab_modifications SET inserts = 37');
    expect((await read('tables')).rows.table_snapshots?.[0]).toMatchObject({ inserted_rows: 7n, deleted_rows: 0n });
    await stand_in.client.query(`UPDATE dba_tables SET last_analyzed = '2026-11-01 03:00', num_rows = 1027`);
    await stand_in.client.query('UPDATE dba_tab_modifications SET inserts = 2, updates = 0, deletes = 0');
    await stand_in.load('DBA_TABLES', [{ owner: 'SHOP', table_name: 'FRESH', temporary: 'N' }]);
    const analyzed = await read('tables');
    expect(analyzed.rows.table_snapshots?.[0]).toMatchObject({ inserted_rows: 2n, live_rows: 1_029n });
    expect(eventsOf(analyzed).sort()).toEqual(['analyzed SHOP.ORDERS', 'table_created SHOP.FRESH']);
    await stand_in.client.query(`DELETE FROM dba_tables WHERE table_name = 'FRESH'`);
    expect(eventsOf(await read('tables'))).toEqual(['table_dropped SHOP.FRESH']);
  });

  it('tells what an index is made of, so that it can be made again, and how often it was used', async () => {
    await stand_in.load('DBA_INDEXES', [index, { ...index, index_name: 'ORDERS_UPPER', uniqueness: 'UNIQUE' }]);
    await stand_in.load('DBA_IND_COLUMNS', [
      part('ORDERS_CUSTOMER', 'SYS_NC00009$', 2, 'DESC'),
      part('ORDERS_CUSTOMER', 'CUSTOMER_ID', 1),
      part('ORDERS_UPPER', 'SYS_NC00008$', 1),
    ]);
    const { column_name: _hidden, descend: _descend, ...of_part } = part('ORDERS_UPPER', '', 1);
    await stand_in.load('DBA_IND_EXPRESSIONS', [
      { ...of_part, column_expression: `SUBSTR("STATUS",1,3)` },
      { ...of_part, index_name: 'ORDERS_CUSTOMER', column_position: 2, column_expression: '"MADE_AT"' },
    ]);
    const usage = { owner: 'SHOP', name: 'ORDERS_CUSTOMER', total_access_count: 9 };
    await stand_in.load('DBA_INDEX_USAGE', [usage]);
    const [customer, upper] = (await read('indexes')).rows.index_snapshots ?? [];
    expect(customer).toMatchObject({
      definition: 'CREATE INDEX "SHOP"."ORDERS_CUSTOMER" ON "SHOP"."ORDERS" ("CUSTOMER_ID", "MADE_AT" DESC)',
      ...{ key_columns: ['CUSTOMER_ID', 'MADE_AT'], scans: 0n, size_bytes: 81_920n, is_valid: 1, backs_constraint: 0 },
    });
    expect(upper).toMatchObject({ key_columns: ['(substr(status, ?, ?))'], is_unique: 1 });
    await stand_in.client.query('UPDATE dba_index_usage SET total_access_count = 14');
    await stand_in.client.query(`UPDATE dba_indexes SET visibility = 'INVISIBLE' WHERE index_name = 'ORDERS_UPPER'`);
    const again = await read('indexes');
    expect(again.rows.index_snapshots?.map(({ scans, is_valid }) => [scans, is_valid])).toEqual([
      [5n, 1],
      [0n, 0],
    ]);
    await stand_in.client.query(`UPDATE dba_ind_columns SET column_name = 'SHOP_ID' WHERE column_position = 1`);
    expect(eventsOf(await read('indexes'))).toEqual([
      'index_dropped SHOP.ORDERS ORDERS_CUSTOMER',
      'index_created SHOP.ORDERS ORDERS_CUSTOMER',
    ]);
  });

  it.each([
    ['NORMAL', 'btree'],
    ['FUNCTION-BASED NORMAL', 'btree'],
    ['NORMAL/REV', 'reverse'],
    ['BITMAP', 'bitmap'],
    ['FUNCTION-BASED BITMAP', 'bitmap'],
    ['IOT - TOP', 'iot - top'],
    ['DOMAIN', 'domain'],
  ])('says %s in the words of all engines: %s', (index_type, method) => {
    expect(methodOf({ index_type })).toBe(method);
  });

  it.each([
    { what: 'a primary key', type: 'P', index_name: 'ORDERS_CUSTOMER', column: 'ID', backs: 1 },
    { what: 'a foreign key that it leads with', type: 'R', index_name: null, column: 'CUSTOMER_ID', backs: 1 },
    { what: 'a foreign key on another column', type: 'R', index_name: null, column: 'SHOP_ID', backs: 0 },
  ])('knows that an index backs $what: $backs', async ({ type, index_name, column, backs }) => {
    await stand_in.load('DBA_INDEXES', [index]);
    await stand_in.load('DBA_IND_COLUMNS', [part('ORDERS_CUSTOMER', 'CUSTOMER_ID', 1)]);
    const constraint = { ...of, constraint_name: 'C1' };
    const named = { index_owner: index_name === null ? null : 'SHOP', index_name };
    await stand_in.load('DBA_CONSTRAINTS', [{ ...constraint, constraint_type: type, ...named }]);
    await stand_in.load('DBA_CONS_COLUMNS', [{ ...constraint, column_name: column, position: 1 }]);
    expect((await read('indexes')).rows.index_snapshots?.[0]).toMatchObject({ backs_constraint: backs });
  });

  it('tells columns with their statistics, once, and what changed', async () => {
    const column = { ...of, column_name: 'STATUS', column_id: 2, data_type: 'VARCHAR2', data_length: 8, nullable: 'N' };
    await stand_in.load('DBA_TAB_COLUMNS', [column, { ...column, column_name: 'GONE', column_id: 3 }]);
    await stand_in.load('DBA_TAB_COL_STATISTICS', [
      { ...of, column_name: 'STATUS', num_distinct: 4, num_nulls: 100, avg_col_len: 5 },
    ]);
    const first = await read('schema');
    expect(first.rows.column_snapshots?.[0]).toMatchObject({
      ...{ column_name: 'STATUS', data_type: 'VARCHAR2(8)', is_nullable: 0, ordinal: 2, n_distinct: 4 },
      ...{ null_ratio: 0.1, average_width_bytes: 5, correlation: null },
    });
    expect((await read('schema')).rows.column_snapshots).toEqual([]);
    await stand_in.client.query(`UPDATE dba_tab_columns SET data_length = 9 WHERE column_name = 'STATUS'`);
    await stand_in.client.query(`DELETE FROM dba_tab_columns WHERE column_name = 'GONE'`);
    expect(eventsOf(await read('schema')).sort()).toEqual([
      'column_changed SHOP.ORDERS GONE',
      'column_changed SHOP.ORDERS STATUS',
    ]);
  });

  it.each([
    { data_type: 'NUMBER', data_precision: 10, data_scale: 2, is: 'NUMBER(10,2)' },
    { data_type: 'NUMBER', data_precision: 10, data_scale: 0, is: 'NUMBER(10)' },
    { data_type: 'NUMBER', data_precision: null, data_scale: null, is: 'NUMBER' },
    { data_type: 'DATE', data_precision: null, data_scale: null, is: 'DATE' },
    { data_type: 'TIMESTAMP(6)', data_precision: null, data_scale: 6, is: 'TIMESTAMP(6)' },
    { data_type: 'RAW', data_precision: null, data_scale: null, is: 'RAW(22)' },
  ])('spells a type as CREATE TABLE does: $is', ({ is, ...column }) => {
    expect(dataTypeOf({ ...column, data_length: 22 })).toBe(is);
  });

  it('tells parameters when they change, what a change needs, and never a secret', async () => {
    const parameter = { isdefault: 'TRUE', ismodified: 'FALSE', isses_modifiable: 'FALSE' };
    await stand_in.load('V$SYSTEM_PARAMETER', [
      { ...parameter, name: 'processes', value: '300', issys_modifiable: 'FALSE' },
      { ...parameter, name: 'sga_target', value: '0', issys_modifiable: 'IMMEDIATE', ismodified: 'MODIFIED' },
      {
        ...parameter,
        name: 'optimizer_mode',
        value: 'ALL_ROWS',
        isses_modifiable: 'TRUE',
        issys_modifiable: 'IMMEDIATE',
      },
      { ...parameter, name: 'app_password', value: 'hunter2', issys_modifiable: 'FALSE', isdefault: 'FALSE' },
    ]);
    const first = await read('settings');
    expect(first.rows.setting_snapshots?.map((row) => [row.name, row.value, row.source, row.change_needs])).toEqual([
      ['processes', '300', 'default', 'restart'],
      ['sga_target', '0', 'ALTER SYSTEM', 'reload'],
      ['optimizer_mode', 'ALL_ROWS', 'default', 'session'],
      ['app_password', hidden_value, 'parameter file', 'restart'],
    ]);
    expect(JSON.stringify(first.state)).not.toContain('hunter2');
    await stand_in.client.query(`UPDATE v$system_parameter SET value = '8G' WHERE name = 'sga_target'`);
    const second = await read('settings');
    expect(second.rows.setting_snapshots).toHaveLength(1);
    expect(second.rows.instance_events).toEqual([expect.objectContaining({ before: '0', after: '8G' })]);
  });

  it('hides secrets, but not the parameter that only says where passwords are', () => {
    expect(['remote_login_passwordfile', 'wallet_password', 'client_secret'].map(mayHoldSecret)).toEqual([
      ...[false, true, true],
    ]);
  });
});
