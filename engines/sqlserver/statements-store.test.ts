import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { QueryStoreHistory } from './testing/history.js';
import { setQueryStore, startStandIn, type StandIn, type StandInRow } from './testing/stand-in.js';
import { callsOf, deltas, underTest, type UnderTest } from './testing/under-test.js';
import { after, noon } from './testing/tools.js';

const text = '(@P1 int)SELECT total FROM dbo.orders WHERE customer_id = @P1';

describe('Statements from Query Store', () => {
  let stand_in: StandIn;
  let shop: QueryStoreHistory;
  let under: UnderTest;

  beforeAll(async () => {
    stand_in = await startStandIn(16, ['shop', 'crm']);
    await stand_in.createLogin('monitor');
    shop = new QueryStoreHistory(stand_in.database('shop'));
  });
  afterAll(() => stand_in.stop());
  beforeEach(async () => {
    await shop.clear();
    await setQueryStore(stand_in.database('shop'), {});
    under = await underTest(stand_in);
    await under.at(after(10));
  });
  afterEach(() => under.close());

  const planOf = async (sql: string | null = text): Promise<number> => shop.plan(await shop.statement(sql));

  it('tells how far an open interval grew, through several rows and their flush, and nothing twice', async () => {
    const interval = await shop.interval(noon);
    const plan = await planOf();
    await shop.run(plan, interval, { times: 5, duration_us: 100 });
    expect(deltas(await under.read('statements'))).toEqual([]);
    await shop.run(plan, interval, { times: 3, duration_us: 200 });
    await shop.run(plan, interval, { times: 2, duration_us: 400 });
    await under.at(after(11));
    const second = await under.read('statements');
    expect(deltas(second)).toMatchObject([
      { calls: 5n, total_time_us: 1_400n, database_name: 'shop', min_time_us: null, logical_read_bytes: 409_600n },
    ]);
    await shop.flush();
    await under.at(after(12));
    expect(deltas(await under.read('statements'))).toEqual([]);
    await shop.run(plan, interval, { times: 1 });
    await under.at(after(13));
    expect(callsOf(await under.read('statements'), under.tools, text)).toBe(1n);
  });

  it('tells what a closed interval still got before it was flushed, and then never looks again', async () => {
    const interval = await shop.interval(noon);
    const plan = await planOf();
    await under.at(after(59));
    await under.read('statements');
    await shop.run(plan, interval, { times: 4 });
    await shop.interval(after(60));
    await under.at(after(65));
    const closed = await under.read('statements');
    expect(deltas(closed)).toMatchObject([
      { calls: 4n, window_start: '2026-11-20 12:59:00.000', window_end: '2026-11-20 13:00:00.000', max_time_us: 1_000 },
    ]);
    await shop.run(plan, interval, { times: 1 });
    await under.at(after(70));
    const late = await under.read('statements');
    expect(deltas(late)).toMatchObject([{ calls: 1n, window_end: '2026-11-20 13:00:00.000', max_time_us: null }]);
    await under.at(after(80));
    await under.read('statements');
    await shop.run(plan, interval, { times: 100 });
    await under.at(after(81));
    expect(deltas(await under.read('statements'))).toEqual([]);
  });

  it('gives intervals missed in a pause their own times, the oldest first, and says what is left', async () => {
    const plan = await planOf();
    await under.at(noon);
    await under.read('statements');
    for (let hour = 0; hour < 5; hour++)
      await shop.run(plan, await shop.interval(after(60 * hour)), { times: hour + 1 });
    await under.close();
    const state = under.stateOf('statements');
    under = await underTest(stand_in, { options: { intervals_per_reading: 2 } });
    await under.at(after(290));
    const told: string[] = [];
    let previous = state;
    for (let reading = 0; reading < 3; reading++) {
      const answer = await under.connection.collect('statements', previous, under.tools);
      previous = JSON.parse(JSON.stringify(answer.state));
      told.push(...deltas(answer).map((row) => `${row.window_start} ${row.calls}`));
      expect(answer.outcome.state).toBe(reading < 2 ? 'degraded' : 'ok');
    }
    expect(told.sort()).toEqual([
      '2026-11-20 12:00:00.000 1',
      '2026-11-20 13:00:00.000 2',
      '2026-11-20 14:00:00.000 3',
      '2026-11-20 15:00:00.000 4',
      '2026-11-20 16:00:00.000 5',
    ]);
  });

  it('goes on when the length of intervals changes, and when old ones are cleaned up', async () => {
    const hour = await shop.interval(noon);
    const plan = await planOf();
    await shop.run(plan, hour, { times: 2 });
    await under.read('statements');
    await stand_in
      .database('shop')
      .client.query(`UPDATE sys.query_store_runtime_stats_interval SET end_time = $1`, [after(12)]);
    const short = await shop.interval(after(12), 1);
    await shop.run(plan, short, { times: 7 });
    await setQueryStore(stand_in.database('shop'), { interval_length_minutes: 1, flush_interval_seconds: 60 });
    await under.at(after(13));
    expect(callsOf(await under.read('statements'), under.tools, text)).toBe(7n);
    await stand_in.database('shop').client.query('DELETE FROM sys.query_store_runtime_stats_interval');
    await stand_in.database('shop').client.query('DELETE FROM sys.query_store_runtime_stats');
    const next = await shop.interval(after(20), 1);
    await shop.run(plan, next, { times: 3 });
    await under.at(after(20.5));
    expect(callsOf(await under.read('statements'), under.tools, text)).toBe(3n);
  });

  it('begins anew after CLEAR though the ids begin again, and says that it happened', async () => {
    const plan = await planOf();
    await shop.run(plan, await shop.interval(noon), { times: 50 });
    await under.read('statements');
    await shop.clear();
    const other = 'SELECT 1 AS fresh FROM dbo.orders';
    const fresh = await planOf(other);
    await shop.run(fresh, await shop.interval(after(11)), { times: 60 });
    await under.at(after(12));
    const answer = await under.read('statements');
    expect(callsOf(answer, under.tools, other)).toBe(60n);
    expect(deltas(answer)).toHaveLength(1);
    expect(answer.rows.instance_events).toMatchObject([{ kind: 'counter_reset', database_name: 'shop' }]);
  });

  it('tells nothing twice when a crash loses what was in memory', async () => {
    const interval = await shop.interval(noon);
    const plan = await planOf();
    await under.read('statements');
    await shop.run(plan, interval, { times: 10 });
    await under.at(after(11));
    expect(callsOf(await under.read('statements'), under.tools, text)).toBe(10n);
    await stand_in.database('shop').client.query('DELETE FROM sys.query_store_runtime_stats');
    await shop.run(plan, interval, { times: 4 });
    await under.at(after(12));
    expect(deltas(await under.read('statements'))).toEqual([]);
    await shop.run(plan, interval, { times: 2 });
    await under.at(after(13));
    expect(callsOf(await under.read('statements'), under.tools, text)).toBe(2n);
  });

  it('counts aborted and failed runs as calls and errors, and keeps every digit', async () => {
    const interval = await shop.interval(noon);
    const plan = await planOf();
    await under.read('statements');
    await shop.run(plan, interval, { times: 9_007_199_254_740_993n, duration_us: 1_024, stdev_us: 3 });
    await shop.run(plan, interval, { times: 1, execution_type: 3 });
    await shop.run(plan, interval, { times: 2, execution_type: 4, log_bytes: 8_192.5 });
    await under.at(after(11));
    const [row] = deltas(await under.read('statements'));
    expect(row).toMatchObject({ calls: 9_007_199_254_740_996n, errors: 3n, wal_bytes: 16_385n });
    expect(row?.total_time_us).toBe(9_007_199_254_740_993n * 1_024n + 3_000n);
    expect(row?.logical_read_bytes).toBe(9_007_199_254_740_996n * 81_920n);
    expect(row?.sum_square_time_us2).toBeCloseTo(2 ** 53 * (1_024 ** 2 + 9), -16);
  });

  it('gives two plans of one statement a row each, with the engine’s own hashes', async () => {
    const interval = await shop.interval(noon);
    const stored = await shop.statement(text, '00000000000000aa');
    const plans = [await shop.plan(stored, '00000000000000bb'), await shop.plan(stored, '0000000000000000')];
    await under.read('statements');
    for (const plan of plans) await shop.run(plan, interval, { times: 1 });
    await under.at(after(11));
    const rows = deltas(await under.read('statements'));
    expect(rows.map(({ native_id, plan_hash }) => [native_id, plan_hash])).toEqual([
      ['0x00000000000000aa', '00000000000000bb'],
      ['0x00000000000000aa', ''],
    ]);
  });

  it('leaves out internal statements, its own and those whose text is hidden, and says so', async () => {
    const interval = await shop.interval(noon);
    const internal = await shop.plan(await shop.statement('SELECT StatMan', undefined, 1));
    const plans = [internal, await planOf('SELECT /* plumbline */ 1'), await planOf(null), await planOf()];
    await under.read('statements');
    for (const plan of plans) await shop.run(plan, interval, { times: 1, duration_us: 70 });
    await under.at(after(11));
    const answer = await under.read('statements');
    expect(deltas(answer)).toHaveLength(1);
    expect(answer.outcome).toMatchObject({ state: 'degraded', fix: expect.stringContaining('ENCRYPTION') });
    const own = answer.rows.instance_metrics?.find(({ metric }) => metric === 'plumbline.source_time_us');
    expect(own?.value).toBe(70);
  });

  it('never lets a literal or a password out', async () => {
    const interval = await shop.interval(noon);
    const plan = await planOf("SELECT * FROM users WHERE password = N'hunter2' AND id = 12345");
    await under.read('statements');
    await shop.run(plan, interval, { times: 1 });
    await under.at(after(11));
    const answer = await under.read('statements');
    expect(answer.rows.queries).toMatchObject([{ template: 'select * from users where password = ? and id = ?' }]);
    const whole = JSON.stringify(answer, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    expect(whole).not.toMatch(/hunter2|12345/);
  });

  it('asks with the same texts whatever it asks for, so that its questions do not fill Query Store', async () => {
    const asked = new Set<string>();
    const counted = await underTest(stand_in, { onQuery: (sql) => asked.add(sql) });
    let state: unknown;
    for (const statements of [0, 1, 60]) {
      const interval = await shop.interval(after(statements), 1);
      for (let place = 0; place < statements; place++)
        await shop.run(await planOf(`SELECT ${place} FROM dbo.t${statements}_${place}`), interval, { times: 1 });
      await stand_in.look({ now: after(statements + 1) });
      counted.tools.set(after(statements + 1));
      const answer = await counted.connection.collect('statements', state, counted.tools);
      expect(deltas(answer)).toHaveLength(statements);
      state = answer.state;
    }
    await counted.close();
    const texts = [...asked].filter((sql) => /query_store_(query_text|runtime_stats)\b/.test(sql));
    expect(texts.filter((sql) => sql.includes('query_sql_text'))).toHaveLength(1);
    expect(texts.filter((sql) => sql.includes('count_executions'))).toHaveLength(1);
  });

  const states: readonly { readonly what: string; readonly options: StandInRow; readonly fix: RegExp | '' }[] = [
    { what: 'OFF', options: { actual_state: 0 }, fix: /ALTER DATABASE \[shop\] SET QUERY_STORE = ON \(OPERATION_MODE/ },
    {
      what: 'READ_ONLY because it is full',
      options: { actual_state: 1, readonly_reason: 65_536, max_storage_size_mb: 100 },
      fix: /OPERATION_MODE = READ_WRITE, MAX_STORAGE_SIZE_MB = 200, SIZE_BASED_CLEANUP_MODE = AUTO/,
    },
    {
      what: 'READ_ONLY because of memory',
      options: { actual_state: 1, readonly_reason: 131_072 },
      fix: /QUERY_CAPTURE_MODE = AUTO\); ALTER DATABASE \[shop\] SET QUERY_STORE \(OPERATION_MODE = READ_WRITE\)/,
    },
    { what: 'READ_ONLY as it was set', options: { actual_state: 1 }, fix: /\(OPERATION_MODE = READ_WRITE\)$/ },
    { what: 'READ_ONLY in single-user mode', options: { actual_state: 1, readonly_reason: 2 }, fix: /MULTI_USER/ },
    { what: 'READ_ONLY on a secondary', options: { actual_state: 1, readonly_reason: 8 }, fix: '' },
    { what: 'READ_ONLY with its database', options: { actual_state: 1, readonly_reason: 1 }, fix: '' },
    {
      what: 'ERROR',
      options: { actual_state: 3 },
      fix: /QUERY_STORE = OFF; EXEC \[shop\]\.sys\.sp_query_store_consistency_check; ALTER DATABASE \[shop\]/,
    },
    { what: 'told to capture nothing', options: { query_capture_mode: 3 }, fix: /QUERY_CAPTURE_MODE = AUTO/ },
  ];
  it.each(states)('names the exact statement when Query Store is $what', async ({ options, fix }) => {
    await setQueryStore(stand_in.database('shop'), options);
    const { outcome } = await under.read('statements');
    if (fix === '') expect(outcome.state).toBe('ok');
    else expect(outcome).toMatchObject({ state: 'degraded', fix: expect.stringMatching(fix) });
  });

  it('keeps the state of a database that is locked for a moment, and tells it later', async () => {
    const interval = await shop.interval(noon);
    const plan = await planOf();
    await under.read('statements');
    await shop.run(plan, interval, { times: 8 });
    const blocked = await underTest(stand_in, {
      onQuery: (sql) => {
        if (/query_store_runtime_stats AS s/.test(sql)) throw Object.assign(new Error('lock'), { number: 1222 });
      },
    });
    blocked.tools.set(after(11));
    const answer = await blocked.connection.collect('statements', under.stateOf('statements'), blocked.tools);
    await blocked.close();
    expect(answer.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining('gave way to a lock') });
    const later = await under.connection.collect('statements', answer.state, under.tools);
    expect(callsOf(later, under.tools, text)).toBe(8n);
  });
});
