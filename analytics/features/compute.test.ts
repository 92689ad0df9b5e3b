import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { utc } from '@plumbline/contracts';
import features_job from '../jobs/features.js';
import { at, hash, openWorld, plus } from '../testing/world.js';
import type { World } from '../testing/world.js';
import { paramsOf, sourceOf } from './compute.js';
import { entity_kinds, feature_set_version, featureNames } from './definition.js';
import { feature_definitions } from './definitions.js';

const as_of = at('2026-11-20 12:00:00');
const hoursBefore = (hours: number): Date => plus(as_of, -3_600 * hours);
/** Above 2^53: a number of JavaScript or of Float64 would lose its last digit. */
const huge = 9_007_199_254_740_993n;

let world: World;
beforeAll(async () => {
  world = await openWorld();
  const insert = (table: string, rows: readonly object[]) =>
    world.store.insert(table, rows.map((row) => JSON.stringify(row)).join('\n'), { token: table });
  const window = (query: number, hours_ago: number, told: object) => ({
    ...{ instance_id: 'shop', query_hash: hash(query), database_name: 'shop', percentile_origin: 'means' },
    ...{ window_start: utc(hoursBefore(hours_ago)), window_end: utc(plus(hoursBefore(hours_ago), 60)), ...told },
  });
  await insert('query_deltas', [
    window(1, 2, { calls: 10, total_time_us: 1_000, rows_returned: 30, logical_read_bytes: huge.toString() }),
    window(1, 1, { calls: 30, total_time_us: 7_000, rows_returned: 10 }),
    window(1, 100, { calls: 10, total_time_us: 1_000 }),
    window(2, 1, {
      ...{ calls: 4, total_time_us: 8_000_000, sum_square_time_us2: 20e12, rows_returned: 2, rows_examined: 600 },
      ...{ percentile_origin: 'modelled', errors: 1, written_bytes: 300, logical_read_bytes: 100, lock_time_us: 2e6 },
    }),
    window(3, 50, { calls: 5, total_time_us: 500 }),
    window(4, 1, { calls: 99, total_time_us: 9_900, is_nested: 1 }),
    window(5, 0, { calls: 99, total_time_us: 9_900 }),
  ]);
  await insert(
    'wait_deltas',
    [
      { ...window(1, 1, {}), wait_class: 'io', sampled_time_us: 300 },
      { ...window(1, 1, {}), wait_class: 'cpu', sampled_time_us: 100 },
    ].map(({ percentile_origin: _origin, ...row }) => row),
  );
  const plan = { instance_id: 'shop', query_hash: hash(1), total_cost: 1, origin: 'generic', tree: '{}' };
  await insert('plans', [
    { ...plan, plan_hash: 'old', observed_at: utc(hoursBefore(200)) },
    { ...plan, plan_hash: 'new', observed_at: utc(hoursBefore(2)) },
    { ...plan, plan_hash: 'later', observed_at: utc(plus(as_of, 60)) },
  ]);
  await insert('queries', [
    {
      ...{ instance_id: 'shop', query_hash: hash(1), dialect: 'postgresql', statement_class: 'select' },
      ...{ template: 'SELECT * FROM shop.orders o …', feature_source: 'ast', observed_at: utc(hoursBefore(100)) },
      features: JSON.stringify({
        tables: [
          { schema: 'shop', table: 'orders', alias: 'o', access: 'read' },
          { schema: '', table: 'users', alias: 'u', access: 'read' },
        ],
        predicates: [
          { table: 'orders', column: 'id', operator: 'eq', wrapped_in: '', clause: 'where' },
          { table: 'users', column: 'email', operator: 'eq', wrapped_in: 'lower', clause: 'where' },
          { table: '', column: 'day', operator: 'range', wrapped_in: '', clause: 'where' },
        ],
        joins: [
          { left: { table: 'orders', column: 'user_id' }, right: { table: 'users', column: 'id' }, kind: 'left' },
        ],
        group_by: [],
        order_by: [{ table: 'orders', column: 'id', descending: true }],
        ...{ selects_star: true, has_limit: true, has_offset: false, subqueries: 1, set_operations: 0 },
        has_aggregate: false,
      }),
    },
    {
      ...{ instance_id: 'shop', query_hash: hash(2), dialect: 'postgresql', statement_class: 'update' },
      ...{ template: 'UPDATE', feature_source: 'tokens', observed_at: utc(hoursBefore(100)), features: '{}' },
    },
  ]);
  await world.run(features_job, plus(as_of, 1_500));
}, 60_000);
afterAll(() => world.close());

interface Stored {
  readonly counts: Readonly<Record<string, string>>;
  readonly reals: Readonly<Record<string, number>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
}
async function stored(entity_kind: string, query_hash: string): Promise<Stored | undefined> {
  const sql = `SELECT counts, reals, lists FROM features FINAL
    WHERE entity_kind = {entity_kind:String} AND query_hash = {query_hash:String} AND as_of = {as_of:DateTime64(3, 'UTC')}`;
  const [row] = await world.store.query<Stored>(sql, { params: { entity_kind, query_hash, as_of: utc(as_of) } });
  return row;
}

describe('the features of a statement', () => {
  it('count and name what its template does', async () => {
    expect(await stored('statement', hash(1))).toMatchObject({
      counts: {
        ...{ tables_read: '2', tables_written: '0', columns: '5', predicates: '3', predicates_eq: '1' },
        ...{ predicates_range: '1', predicates_unindexable: '1', joins: '1', joins_outer: '1', order_by_columns: '1' },
        ...{ subqueries: '1', selects_star: '1', has_limit: '1', has_offset: '0', is_write: '0', is_parsed: '1' },
      },
      lists: {
        statement_class: ['select'],
        table_names: ['shop.orders', 'users'],
        column_names: ['?.day', 'orders.id', 'orders.user_id', 'users.email', 'users.id'],
        wrapped_columns: ['lower(users.email)'],
      },
    });
    expect((await stored('statement', hash(2)))?.counts).toMatchObject({ is_write: '1', is_parsed: '0', joins: '0' });
  });

  it('are not worked out again before the statement is seen again', async () => {
    const rows = async () => {
      const sql = "SELECT toUInt32(count()) AS rows FROM features WHERE entity_kind = 'statement'";
      return (await world.store.query<{ rows: number }>(sql))[0]?.rows;
    };
    const before = await rows();
    await world.run(features_job, plus(as_of, 3_600));
    expect(await rows()).toBe(before);
  });
});

describe('the features of a query', () => {
  it('tell of its last day, to the last digit', async () => {
    const told = await stored('query', hash(1));
    expect(told?.counts).toMatchObject({
      ...{ calls: '40', total_time_us: '8000', logical_read_bytes: huge.toString(), active_hours: '2' },
      ...{ plans_known: '2', plans_new: '1' },
    });
    expect(told?.reals).toMatchObject({
      ...{ mean_time_us: 200, rows_per_call: 1, wait_share_io: 0.75, wait_share_cpu: 0.25, wait_share_lock: 0 },
      ...{ calls_share_hour_10: 0.25, calls_share_hour_11: 0.75, calls_share_hour_12: 0, mean_time_growth: 2 },
      share_of_instance_time: 8_000 / 8_008_000,
    });
    // Ten calls in the 76 hours between the first that is known and the day.
    expect(told?.reals['calls_growth']).toBeCloseTo(40 / 24 / (10 / 76), 9);
    expect(told?.lists).toEqual({ percentile_origin: ['means'], database_names: ['shop'] });
  });

  it('tell how far its time spreads, and leave out what cannot be known', async () => {
    const told = await stored('query', hash(2));
    expect(told?.reals).toMatchObject({
      ...{ deviation_time_us: 1e6, errors_per_call: 0.25, written_share: 0.75, lock_share: 0.25 },
      ...{ rows_examined_per_row: 300 },
    });
    expect(told?.reals['p50_us']).toBeLessThan(2e6);
    for (const unknown of ['calls_growth', 'mean_time_growth', 'wait_share_io', 'min_time_us'])
      expect(told?.reals).not.toHaveProperty(unknown);
  });

  it.each([3, 4, 5])(
    'are not there for query %i: it ran before the day, inside another, or after it',
    async (query) => {
      expect(await stored('query', hash(query))).toBeUndefined();
    },
  );
});

test('the features of an instance add its queries up and tell what kind of work it does', async () => {
  const told = await stored('instance', '');
  expect(told?.counts).toMatchObject({
    ...{ calls: '44', errors: '1', queries: '2', queries_new: '1', queries_gone: '1', plans_new: '1' },
    logical_read_bytes: (huge + 100n).toString(),
  });
  expect(told?.reals).toMatchObject({
    ...{ load: 8.008 / 86_400, top1_time_share: 8_000_000 / 8_008_000, top10_time_share: 1 },
    ...{ write_calls_share: 4 / 44, short_calls_share: 40 / 44, long_time_share: 8_000_000 / 8_008_000 },
    ...{ wait_share_io: 0.75, join_time_share: 0, aggregate_time_share: 0 },
  });
});

describe.each(entity_kinds)('each feature of a %s', (entity) => {
  it('has its column in the query that works it out', async () => {
    const sql = `DESCRIBE TABLE (${sourceOf(entity)})`;
    const columns = await world.store.query<{ name: string }>(sql, {
      params: paramsOf({ instance_id: 'shop', as_of }),
    });
    const names = columns.map(({ name }) => name);
    expect(feature_definitions[entity].filter(({ name }) => !names.includes(name))).toEqual([]);
  });

  it('has a name of its own, a meaning and a version that was', () => {
    const definitions = feature_definitions[entity];
    const names = definitions.flatMap(featureNames);
    expect(new Set(names).size).toBe(names.length);
    expect(definitions.filter(({ meaning, unit }) => meaning === '' || unit === '')).toEqual([]);
    expect(definitions.filter(({ since }) => since < 1 || since > feature_set_version)).toEqual([]);
  });
});

test('asked for before anything ran, there is nothing', async () => {
  const { written_rows } = await world.run(features_job, at('2020-01-01 00:00:00'));
  expect(written_rows).toBe(0);
});
