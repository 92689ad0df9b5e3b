import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OpenedSource } from './testing/opened-source.js';
import { join_profile, profileZip } from './testing/profile-zip.js';

let opened: OpenedSource;
afterEach(() => opened.close());

const big = 9_223_372_036_854_775_807n;

describe('on Cloud', () => {
  it('nothing is asked again before its time', async () => {
    opened = await OpenedSource.open('cloud', undefined, { cloud_interval_s: 3_600 });
    const first = await opened.collect('runs');
    const asked = opened.stand_in.statements.length;
    opened.tools.advance(1_800_000);
    const early = await opened.collect('runs', first.state);
    expect([early.outcome.state, opened.stand_in.statements.length, early.state]).toEqual(['ok', asked, first.state]);
    expect((await opened.collect('reflections')).outcome.state).toBe('ok');
  });

  it('a history that could not be read in one go is read on at once', async () => {
    opened = await OpenedSource.open('cloud', undefined, { cloud_interval_s: 3_600, rows_per_reading: 3 });
    const first = await opened.collect('runs');
    for (let n = 0; n < 5; n += 1) opened.addRun();
    opened.tools.advance(3_700_000);
    const second = await opened.collect('runs', first.state);
    expect(second.outcome).toMatchObject({
      state: 'degraded',
      message: expect.stringContaining('catching up') as unknown,
    });
    const third = await opened.collect('runs', second.state);
    const fourth = await opened.collect('runs', third.state);
    const told = [second, third, fourth].flatMap(({ rows }) => rows.query_runs ?? []).map(({ native_id }) => native_id);
    expect([told.length, new Set(told).size]).toEqual([5, 5]);
  });

  it('our statements run on the engine that the options name', async () => {
    opened = await OpenedSource.open('cloud', undefined, {}, { options: { sql_engine: 'monitoring' } });
    await opened.collect('runs');
    expect(opened.stand_in.engines).toEqual(new Set(['monitoring']));
  });

  it('plans come from EXPLAIN, without literals', async () => {
    opened = await OpenedSource.open('cloud');
    opened.addRun();
    const told = await opened.collect('plans');
    expect(told.rows.plans).toMatchObject([{ origin: 'generic' }]);
    expect(told.rows.plans?.[0]?.tree).toMatch(/"seq_scan".*"lake.sales","table":"orders"/);
    expect(told.rows.plans?.[0]?.tree).not.toContain('42');
  });
});

describe('other aspects', () => {
  beforeEach(async () => {
    opened = await OpenedSource.open('software');
  });

  it('plans: the profile of the slowest run of each statement, and a change is an event', async () => {
    opened.addRun({ job_id: 'slow' });
    opened.stand_in.profiles.set('slow', profileZip(join_profile));
    const first = await opened.collect('plans');
    expect(first.rows.plans).toMatchObject([{ origin: 'sampled', total_cost: 900.5 }]);
    opened.addRun({ job_id: 'slower', submitted_ms: Date.now() + 60_000, final_ms: Date.now() + 99_000 });
    opened.stand_in.profiles.set(
      'slower',
      profileZip({ ...join_profile, plan: '00-00    Screen\n00-01      Limit(fetch=[5])' }),
    );
    const second = await opened.collect('plans', first.state);
    expect(second.rows.instance_events).toMatchObject([
      { kind: 'plan_changed', before: first.rows.plans?.[0]?.plan_hash, after: second.rows.plans?.[0]?.plan_hash },
    ]);
  });

  it.each([
    ['is gone', { status: 410 }, /keeps no profile/, 'degraded'],
    ['may not be read', { status: 403 }, /other users/, 'denied'],
    ['is no ZIP', { body: '<html>' }, /not a ZIP/, 'degraded'],
  ])('plans: a profile that %s is told and no more', async (_title, fault, message, state) => {
    opened.addRun();
    opened.stand_in.fail(/support/, fault);
    const told = await opened.collect('plans');
    expect(told.outcome).toMatchObject({ state, message: expect.stringMatching(message) as unknown });
  });

  it('reflections: shape, state, exact sizes, stored copies; a thousand years is never', async () => {
    const { rows } = await opened.collect('reflections');
    expect(rows.reflection_snapshots).toMatchObject([
      {
        ...{
          reflection_id: 'r-agg',
          kind: 'aggregation',
          can_accelerate: 1,
          dimension_columns: ['o_region', 'o_date'],
        },
        ...{ measure_columns: ['o_total (SUM, COUNT)', 'o_id (MAX)'], row_count: 9_007_199_254_740_993n },
        ...{ size_bytes: big, total_size_bytes: 18_014_398_509_481_985n, chosen: 75n, matched: 80n, considered: 120n },
        ...{ last_refresh_time_us: 61_234_000n, materializations: 1, expires_at: '2026-11-22 04:00:00.000' },
      },
      {
        ...{ reflection_id: 'r-raw', kind: 'raw', can_accelerate: 0, status: 'FAILED', failures: 7, row_count: null },
        ...{ display_columns: ['i_id', '"i, name"', 'i_price'], expires_at: null, failed_materializations: 1 },
      },
    ]);
    expect(JSON.stringify(rows, (_k, value: unknown) => (typeof value === 'bigint' ? '' : value))).not.toContain(
      'secret',
    );
  });

  it('tables: files by their sums, in turn; a table without a list of files is not asked again', async () => {
    const first = await opened.collect('tables');
    expect(first.rows.table_file_snapshots).toEqual([
      expect.objectContaining({
        ...{ schema_name: 'lake.sales', table_name: 'orders', file_format: 'PARQUET', files: 3n, partitions: 2n },
        ...{ size_bytes: 2n ** 53n + 3_001n, row_count: 3n * 10n ** 15n, small_files: 2n, small_size_bytes: 3_000n },
      }),
    ]);
    const asked = opened.stand_in.statements.filter((sql) => sql.includes('items')).length;
    opened.stand_in.tables.set('INFORMATION_SCHEMA."TABLES"', {
      columns: { table_schema: 'VARCHAR', table_name: 'VARCHAR', table_type: 'VARCHAR' },
      rows: [{ table_schema: 'lake.sales', table_name: 'items', table_type: 'TABLE' }],
    });
    const second = await opened.collect('tables', first.state);
    expect(opened.stand_in.statements.filter((sql) => sql.includes('items'))).toHaveLength(asked);
    expect(second.rows.instance_events).toMatchObject([{ kind: 'table_dropped', object_name: 'lake.sales.orders' }]);
  });

  it('tables: each reading counts some and tells all that were counted', async () => {
    const table = (table_name: string) => ({ table_schema: 'lake.sales', table_name, table_type: 'TABLE' });
    const columns = { table_schema: 'VARCHAR', table_name: 'VARCHAR', table_type: 'VARCHAR' };
    opened.stand_in.tables.set('INFORMATION_SCHEMA."TABLES"', { columns, rows: ['customers', 'orders'].map(table) });
    const orders = opened.stand_in.tables.get(`TABLE(table_files('"lake"."sales"."orders"'))`);
    if (orders === undefined) throw new Error('no files');
    opened.stand_in.tables.set(`TABLE(table_files('"lake"."sales"."customers"'))`, orders);
    await opened.reconnect({ tables_per_reading: 1 });
    const first = await opened.collect('tables');
    const second = await opened.collect('tables', first.state);
    const namesIn = (rows: readonly { readonly table_name: string }[] = []) => rows.map(({ table_name }) => table_name);
    expect([namesIn(first.rows.table_file_snapshots), namesIn(first.rows.table_snapshots)]).toEqual([
      ['customers'],
      ['customers'],
    ]);
    expect(namesIn(second.rows.table_file_snapshots)).toEqual(['orders']);
    expect(namesIn(second.rows.table_snapshots)).toEqual(['customers', 'orders']);
    expect(second.rows.table_snapshots?.[0]).toMatchObject({
      live_rows: 3n * 10n ** 15n,
      size_bytes: 2n ** 53n + 3_001n,
    });
  });

  it('schema: columns but not those of Dremio itself, and what became of them', async () => {
    const first = await opened.collect('schema');
    expect(first.rows.column_snapshots).toMatchObject([
      {
        schema_name: 'lake.sales',
        table_name: 'orders',
        column_name: 'o_id',
        ordinal: 1,
        data_type: 'bigint',
        is_nullable: 0,
      },
      { column_name: 'o_region', data_type: 'character varying', is_nullable: 1, n_distinct: null },
    ]);
    const table = opened.stand_in.tables.get('INFORMATION_SCHEMA."COLUMNS"');
    if (table === undefined) throw new Error('no columns');
    const rows = table.rows.map((row) => (row['column_name'] === 'o_id' ? { ...row, data_type: 'VARCHAR' } : row));
    opened.stand_in.tables.set('INFORMATION_SCHEMA."COLUMNS"', { ...table, rows });
    const second = await opened.collect('schema', first.state);
    expect(second.rows.column_snapshots).toHaveLength(1);
    expect(second.rows.instance_events).toMatchObject([
      {
        kind: 'column_changed',
        object_name: 'lake.sales.orders',
        subject: 'o_id',
        before: 'bigint not null',
        after: 'varchar not null',
      },
    ]);
  });

  it('settings: values as text, secrets hidden', async () => {
    const { rows } = await opened.collect('settings');
    expect(rows.setting_snapshots).toMatchObject([
      { name: 'planner.enable_broadcast_join', value: 'true', change_needs: 'session' },
      { name: 'exec.queue.memory.large', value: '8589934592', source: 'SYSTEM CHANGED' },
      { name: 'store.s3.secret_token', value: '<hidden>', change_needs: 'restart' },
    ]);
  });

  it('metrics: nodes by role and all their memory', async () => {
    const { rows } = await opened.collect('metrics');
    const values = Object.fromEntries((rows.instance_metrics ?? []).map(({ metric, value }) => [metric, value]));
    expect(values).toMatchObject({ 'nodes.executors': 2, 'nodes.not_well': 1, 'memory.direct_max': 3_000 });
  });
});

describe('checkup', () => {
  it.each(['software', 'cloud'] as const)('of %s tells every unmet need with its line', async (edition) => {
    opened = await OpenedSource.open(edition);
    opened.stand_in.refusals.set(
      edition === 'cloud' ? 'sys.project.reflections' : 'sys.reflections',
      'PERMISSION ERROR',
    );
    const checkups = await opened.connection.checkup();
    const unmet = checkups.filter(({ outcome }) => outcome.state !== 'ok');
    expect(unmet.map(({ aspect }) => aspect)).toEqual(
      edition === 'cloud' ? ['reflections', 'settings', 'plans'] : ['connection', 'reflections'],
    );
    for (const { outcome } of unmet) expect(outcome.fix).not.toBe('');
  });
});

describe('what if', () => {
  it('cannot be proven, and says why', async () => {
    opened = await OpenedSource.open('software');
    expect(opened.connection.what_if).toMatchObject({
      can_prove: false,
      reason: expect.stringContaining('not there') as unknown,
    });
    await expect(opened.connection.what_if.plan('dremio', 'SELECT 1', [])).rejects.toMatchObject({
      failure: 'unsupported',
    });
  });
});
