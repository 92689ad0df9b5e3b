import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PlanCacheHistory } from './testing/cache.js';
import { QueryStoreHistory } from './testing/history.js';
import { setQueryStore, startStandIn, type StandIn } from './testing/stand-in.js';
import { callsOf, deltas, underTest, type UnderTest } from './testing/under-test.js';
import { after, noon } from './testing/tools.js';

const text = 'SELECT total FROM dbo.orders WHERE customer_id = 5';
const crm_id = 6;
/** The server stands two hours east: its noon is 10:00 UTC. */
const long_ago = { text, database_id: crm_id, created: '2026-11-20 08:00:00' };

describe('Statements from the plan cache', () => {
  let stand_in: StandIn;
  let cache: PlanCacheHistory;
  let under: UnderTest;

  beforeAll(async () => {
    stand_in = await startStandIn(15, ['shop', 'crm']);
    await stand_in.createLogin('monitor');
    await stand_in.createLogin('stranger', []);
    await stand_in.look({ local_offset_min: 120 });
    cache = new PlanCacheHistory(stand_in.master);
  });
  afterAll(() => stand_in.stop());
  beforeEach(async () => {
    await cache.free();
    await setQueryStore(stand_in.database('crm'), { actual_state: 0 });
    under = await underTest(stand_in);
    await under.at(noon);
  });
  afterEach(() => under.close());

  it('sets a baseline, then tells what an entry did since, with the database that it ran in', async () => {
    await cache.put(long_ago, { executions: 100 });
    expect(deltas(await under.read('statements'))).toEqual([]);
    await cache.put(long_ago, { executions: 103 });
    await under.at(after(1));
    expect(deltas(await under.read('statements'))).toMatchObject([
      { calls: 3n, total_time_us: 3_000n, database_name: 'crm', flags: [], logical_read_bytes: 24_576n },
    ]);
    await under.at(after(2));
    expect(deltas(await under.read('statements'))).toEqual([]);
  });

  it.each([
    { what: 'compiled since the last reading is new', created: '2026-11-20 14:00:30', calls: 7n },
    { what: 'compiled before it, though unseen, only sets its baseline', created: '2026-11-20 13:59:00', calls: 0n },
  ])('an entry $what, by the local clock of the server', async ({ created, calls }) => {
    await under.read('statements');
    await cache.put({ ...long_ago, created }, { executions: 7 });
    await under.at(after(1));
    expect(callsOf(await under.read('statements'), under.tools, text)).toBe(calls);
  });

  it('takes an entry of which any counter fell as made anew', async () => {
    await cache.put(long_ago, { executions: 50, elapsed_us: 900 });
    await under.read('statements');
    await cache.put(long_ago, { executions: 60, elapsed_us: 800 });
    await under.at(after(1));
    expect(deltas(await under.read('statements'))).toMatchObject([{ calls: 60n, flags: ['counter_reset'] }]);
  });

  it('keeps every digit of what an entry counted', async () => {
    await cache.put(long_ago, { executions: 1, elapsed_us: 9_007_199_254_740_993n });
    await under.read('statements');
    await cache.put(long_ago, { executions: 2, elapsed_us: 9_223_372_036_854_775_807n });
    await under.at(after(1));
    const [row] = deltas(await under.read('statements'));
    expect(row?.total_time_us).toBe(9_214_364_837_600_034_814n);
  });

  it('adds entries that differ only by their literals, and finds a statement in its batch', async () => {
    const batch = (id: number): string => `DECLARE @x int; ${sql(id)}; SELECT 2`;
    const sql = (id: number): string => `SELECT total FROM dbo.orders WHERE customer_id = ${id}`;
    await under.read('statements');
    for (const id of [1, 22, 333])
      await cache.put(
        { ...long_ago, text: sql(id), batch: batch(id), created: '2026-11-20 14:00:30' },
        { executions: id },
      );
    await under.at(after(1));
    expect(deltas(await under.read('statements'))).toMatchObject([{ calls: 356n }]);
  });

  it('holds back what it has not read the text of, and tells it later, the costliest first', async () => {
    await under.close();
    under = await underTest(stand_in, { options: { cache_texts_per_reading: 1 } });
    const other = 'SELECT name FROM dbo.customers WHERE id = 1';
    await under.read('statements');
    const created = '2026-11-20 14:00:30';
    await cache.put({ ...long_ago, created }, { executions: 2 });
    await cache.put({ ...long_ago, created, text: other }, { executions: 9 });
    await under.at(after(1));
    const first = await under.read('statements');
    expect(deltas(first)).toMatchObject([{ calls: 9n }]);
    expect(first.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining('1 statements') });
    await cache.put({ ...long_ago, created }, { executions: 5 });
    await under.at(after(2));
    expect(deltas(await under.read('statements'))).toMatchObject([{ calls: 5n, flags: ['late_text'] }]);
  });

  it('flags windows in which entries left, and notices that the cache was emptied', async () => {
    const texts = Array.from({ length: 25 }, (_, place) => `SELECT c${place} FROM dbo.wide`);
    for (const one of texts) await cache.put({ ...long_ago, text: one }, { executions: 1 });
    await under.read('statements');
    await cache.put({ ...long_ago, text: texts[0] ?? '' }, { executions: 2 });
    await cache.evict(texts[1] ?? '');
    await under.at(after(1));
    const aged = await under.read('statements');
    expect(deltas(aged)).toMatchObject([{ calls: 1n, flags: ['evictions'] }]);
    expect(aged.rows.instance_events).toEqual([]);
    await cache.free();
    await under.at(after(2));
    expect((await under.read('statements')).rows.instance_events).toMatchObject([
      { kind: 'counter_reset', object_name: 'plan cache' },
    ]);
  });

  it('never adds the cache to Query Store, and sets a baseline when a database changes its source', async () => {
    const store = new QueryStoreHistory(stand_in.database('crm'));
    await cache.put(long_ago, { executions: 10 });
    await cache.put({ ...long_ago, database_id: 5, text: 'SELECT 1 FROM dbo.in_shop' }, { executions: 10 });
    await under.read('statements');
    await cache.put(long_ago, { executions: 14 });
    await cache.put({ ...long_ago, database_id: 5, text: 'SELECT 1 FROM dbo.in_shop' }, { executions: 20 });
    await under.at(after(1));
    expect(deltas(await under.read('statements'))).toMatchObject([{ calls: 4n, database_name: 'crm' }]);

    await setQueryStore(stand_in.database('crm'), {});
    const interval = await store.interval(noon);
    const plan = await store.plan(await store.statement(text));
    await store.run(plan, interval, { times: 1_000 });
    await cache.put(long_ago, { executions: 1_014 });
    await under.at(after(2));
    expect(deltas(await under.read('statements'))).toEqual([]);
    await store.run(plan, interval, { times: 6 });
    await under.at(after(3));
    expect(deltas(await under.read('statements'))).toMatchObject([{ calls: 6n }]);

    await setQueryStore(stand_in.database('crm'), { actual_state: 1, readonly_reason: 65_536 });
    await cache.put(long_ago, { executions: 1_020 });
    await under.at(after(4));
    expect(deltas(await under.read('statements'))).toEqual([]);
    await cache.put(long_ago, { executions: 1_023 });
    await under.at(after(5));
    expect(deltas(await under.read('statements'))).toMatchObject([{ calls: 3n }]);
    await store.clear();
  });

  it('counts on through a restart, which empties the cache', async () => {
    await cache.put(long_ago, { executions: 500 });
    await under.read('statements');
    await cache.free();
    await cache.put({ ...long_ago, created: '2026-11-20 14:00:20' }, { executions: 4 });
    await under.at(after(1));
    expect(deltas(await under.read('statements'))).toMatchObject([{ calls: 4n, flags: ['evictions'] }]);
  });

  it('reads Query Store on when only the cache is denied, and names the grant', async () => {
    const other = await underTest(stand_in, { to: { user_name: 'stranger' } });
    const { outcome } = await other.read('statements');
    await other.close();
    expect(outcome).toMatchObject({ state: 'denied', message: expect.stringContaining('"crm"') });
    expect(outcome.fix).toContain('USE master; GRANT VIEW SERVER STATE TO [stranger]');
  });

  it('does not read the cache when every database has a Query Store that writes', async () => {
    await setQueryStore(stand_in.database('crm'), {});
    const asked: string[] = [];
    const other = await underTest(stand_in, { onQuery: (sql) => asked.push(sql) });
    await other.read('statements');
    await other.close();
    expect(asked.some((sql) => sql.includes('dm_exec_query_stats'))).toBe(false);
  });
});
