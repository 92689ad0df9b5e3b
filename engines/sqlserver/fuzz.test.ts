import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SourceError, type AspectName } from '@plumbline/contracts';
import fc from 'fast-check';
import { aspects } from './aspects.js';
import type { DriverRow } from './driver.js';
import { Fields } from './fields.js';
import { PlanCacheHistory } from './testing/cache.js';
import { QueryStoreHistory } from './testing/history.js';
import { setQueryStore, startStandIn, type StandIn } from './testing/stand-in.js';
import { underTest } from './testing/under-test.js';

const odd_values: readonly unknown[] = [
  ...[
    null,
    undefined,
    '',
    'x'.repeat(1_000_000),
    '\ud800 half a pair',
    '\u0000',
    'NaN',
    '1e400',
    '-1',
    '9'.repeat(400),
  ],
  ...[Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308, 2 ** 53 + 1, 0.5, true, {}, [], Symbol('s')],
  ...[Buffer.alloc(0), Buffer.from([255, 254, 0]), new Date(Number.NaN), new Date(8.64e15), 10n ** 40n],
];

describe('Rows that no server should give', () => {
  let stand_in: StandIn;
  beforeAll(async () => {
    stand_in = await startStandIn(16, ['shop', 'crm']);
    await stand_in.createLogin('monitor');
    await fill(stand_in);
  });
  afterAll(() => stand_in.stop());

  const names = aspects.map(({ name }) => name);
  it.each(names)('make %s say so at the worst, and never anything but a SourceError', async (aspect) => {
    const damage = fc.record({ seed: fc.integer(), share: fc.constantFrom(0.02, 0.2, 1) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ seed, share }) => {
        expect(await outcomeOf(stand_in, aspect, tamperer(seed, share))).toBe('told');
      }),
      { numRuns: 6 },
    );
  });

  it('one odd row does not hide the others', async () => {
    const under = await underTest(stand_in, {
      tamper: (row) => (row.wait_type === 'WRITELOG' ? { ...row, wait_time_ms: 'odd' } : row),
    });
    await under.read('waits');
    await stand_in.master.client.query('UPDATE sys.dm_os_wait_stats SET wait_time_ms = wait_time_ms + 100');
    const answer = await under.read('waits');
    await under.close();
    expect(answer.rows.instance_metrics?.map(({ metric }) => metric)).toContain('wait_type.LCK_M_X_us');
    expect(answer.outcome).toMatchObject({ state: 'degraded', message: expect.stringContaining('1 rows') });
  });
});

/** `told`: an answer or a SourceError, at the baseline and after it. */
async function outcomeOf(
  stand_in: StandIn,
  aspect: AspectName,
  tamper: (row: DriverRow) => DriverRow,
): Promise<string> {
  let is_armed = false;
  const under = await underTest(stand_in, { tamper: (row) => (is_armed ? tamper(row) : row) });
  try {
    await under.read(aspect);
    is_armed = true;
    for (let reading = 0; reading < 2; reading++) {
      const answer = await under.read(aspect);
      JSON.stringify(answer.rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    }
    return 'told';
  } catch (error) {
    return error instanceof SourceError && !/in the program itself/.test(error.message) ? 'told' : String(error);
  } finally {
    await under.close();
  }
}

/** Puts odd values into this share of all columns, the same for the same seed. */
function tamperer(seed: number, share: number): (row: DriverRow) => DriverRow {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return (row) =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => [
        column,
        next() < share ? odd_values[Math.floor(next() * odd_values.length)] : value,
      ]),
    );
}

async function fill(stand_in: StandIn): Promise<void> {
  const shop = stand_in.database('shop');
  await setQueryStore(stand_in.database('crm'), { actual_state: 0 });
  const store = new QueryStoreHistory(shop);
  const interval = await store.interval(new Date(Date.now() - 60_000));
  for (let place = 0; place < 5; place++) {
    const plan = await store.plan(
      await store.statement(`SELECT ${place} FROM dbo.orders`),
      undefined,
      '<ShowPlanXML/>',
    );
    await store.run(plan, interval, { times: 3 });
    await shop.load('query_store_wait_stats', [
      {
        ...{ plan_id: plan, runtime_stats_interval_id: interval, wait_category: 3, execution_type: 0 },
        ...{ wait_category_desc: 'Lock', total_query_wait_time_ms: 5 },
      },
    ]);
  }
  const cache = new PlanCacheHistory(stand_in.master);
  const entry = { text: 'SELECT 1 FROM dbo.customers', database_id: 6, created: '2026-11-01 10:00:00' };
  await cache.put({ ...entry, query_plan: '<ShowPlanXML/>' }, { executions: 5 });
  const { master } = stand_in;
  await master.load('dm_os_sys_info', [{ sqlserver_start_time: '2026-11-01 10:00:00' }]);
  await master.load('dm_os_wait_stats', [
    { wait_type: 'LCK_M_X', wait_time_ms: 5, signal_wait_time_ms: 1 },
    { wait_type: 'WRITELOG', wait_time_ms: 5, signal_wait_time_ms: 1 },
  ]);
  const counter = { counter_name: 'Page reads/sec', instance_name: '', cntr_value: 5, cntr_type: 272_696_576 };
  await master.load('dm_os_performance_counters', [{ object_name: 'SQLServer:Buffer Manager', ...counter }]);
  await master.load('configurations', [{ name: 'xp', value: '1', value_in_use: '1', is_dynamic: 1 }]);
  await master.load('dm_exec_sessions', [{ session_id: 51, is_user_process: 1, program_name: 'app' }]);
  await master.load('dm_exec_requests', [
    {
      ...{ session_id: 51, status: 'running', sql_handle: null, statement_start_offset: 0, statement_end_offset: -1 },
      ...{ database_id: 5, blocking_session_id: 0, wait_time: 0 },
    },
  ]);
  await shop.load('schemas', [{ schema_id: 1, name: 'dbo' }]);
  await shop.load('tables', [{ object_id: 1, schema_id: 1, name: 'orders', is_ms_shipped: 0 }]);
  await shop.load('types', [{ user_type_id: 1, name: 'int' }]);
  await shop.load('columns', [{ object_id: 1, column_id: 1, name: 'id', user_type_id: 1, is_nullable: 0 }]);
  const flags = { is_unique: 1, is_primary_key: 1, is_unique_constraint: 0, is_disabled: 0, is_hypothetical: 0 };
  await shop.load('indexes', [{ object_id: 1, index_id: 1, name: 'PK', type_desc: 'CLUSTERED', ...flags }]);
  await shop.load('index_columns', [
    { object_id: 1, index_id: 1, index_column_id: 1, column_id: 1, key_ordinal: 1, is_included_column: 0 },
  ]);
}

describe('One field', () => {
  it('gives a value of its type or says which column is not, whatever it holds', () => {
    const readers = ['text', 'whole', 'count', 'wholeOrNull', 'number', 'flag', 'time', 'hex'] as const;
    const value = fc.oneof(fc.anything(), fc.constantFrom(...odd_values));
    fc.assert(
      fc.property(value, fc.constantFrom(...readers), (held, reader) => {
        try {
          const read = new Fields({ secret: held })[reader]('secret');
          expect(['string', 'bigint', 'number', 'object']).toContain(typeof read);
        } catch (error) {
          expect(error).toBeInstanceOf(SourceError);
          expect((error as Error).message).toMatch(/^column secret holds \w/);
        }
      }),
    );
  });

  it.each(['-1', -1, '18446744073709551616'])('%s is no count', (held) => {
    expect(() => new Fields({ n: held }).count('n')).toThrow('column n holds');
  });

  it.each([
    { held: '9223372036854775807', whole: 9_223_372_036_854_775_807n },
    { held: '99999999999999999999', whole: 99_999_999_999_999_999_999n },
    { held: -5, whole: -5n },
    { held: null, whole: 0n },
  ])('$held is the whole number $whole, to its last digit', ({ held, whole }) => {
    expect(new Fields({ n: held }).whole('n')).toBe(whole);
  });
});
