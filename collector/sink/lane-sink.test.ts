import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migrate, openStore, type Store } from '@plumbline/clickhouse';
import type { Batch } from '@plumbline/contracts';
import fc from 'fast-check';
import type { Arrival } from '../bus/bus.js';
import { minuteBatch } from '../testing/batches.js';
import { sinkBehind, type Fail, type Fault } from '../testing/sink-behind.js';
import { everywhere, storeSums } from '../testing/store-sums.js';

const lane = 'shop.batches/0';
const tables = ['query_deltas', 'query_hourly', 'query_daily', 'instance_minutes'];
let directory: string;
let store: Store;
let batches: readonly Batch[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-lane-'));
  store = await openStore(`chdb://${directory}/store`);
  await migrate(store);
  batches = await Promise.all(Array.from({ length: 12 }, (_, number) => minuteBatch(number)));
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  const all = [...tables, 'dead_letters', 'sink_intents', 'stored_batches'];
  for (const table of all) await store.command(`TRUNCATE TABLE ${table}`);
});

/** The log of a lane: the batches by their numbers, at offsets from `first_offset`. */
const log = (numbers: readonly number[], first_offset = 0): readonly Arrival[] =>
  numbers.map((number, index) => ({
    content: Buffer.from(JSON.stringify(batches[number])),
    place: { lane, offset: first_offset + index },
  }));

/** What `count` batches of three queries with seven calls each add up to. */
const emitted = (count: number) =>
  everywhere({
    windows: String(count * 3),
    calls: String(count * 21),
    total_time_us: String(BigInt(count * 21) * 10n ** 15n),
  });

const sinkOn = (fail?: Fail) => sinkBehind(store, fail);

/** Gives up as a killed process would: what was sent stays, nothing more is done. */
async function takeAndDie(fail: Fail, arrivals: readonly Arrival[]): Promise<void> {
  let die: () => Promise<void> = async () => undefined;
  const sink = await sinkOn((table) => {
    const fault = fail(table);
    if (fault !== undefined) void die();
    return fault;
  });
  die = () => sink.stop();
  await expect(sink.take(arrivals)).rejects.toThrow();
}

it('a group is one insert per table, and what comes again is counted once', async () => {
  const sink = await sinkOn();
  expect(await sink.take(log([0, 1, 2, 1, 0]))).toBe(5);
  expect(await sink.take(log([2, 3], 5))).toBe(2);
  expect(await storeSums(store)).toEqual(emitted(4));
  expect(sink.status()).toMatchObject({ batches: 4, rows: 12, dead_letters: 0 });
  const [intents] = await store.query<{ groups: string }>('SELECT toString(count()) AS groups FROM sink_intents');
  expect(intents?.groups).toBe('2');
});

it.each([
  ['before the group was written down', 'sink_intents', 'refused'],
  ['when the group was written down', 'sink_intents', 'answer lost'],
  ['before the rows were inserted', 'query_deltas', 'refused'],
  ['when the rows were inserted', 'query_deltas', 'answer lost'],
  ['before the batches were noted as stored', 'stored_batches', 'refused'],
  ['when the batches were noted as stored', 'stored_batches', 'answer lost'],
] as const)('a sink that died %s is followed by one that counts everything once', async (_when, table, fault) => {
  await takeAndDie((inserted) => (inserted === table ? fault : undefined), log([0, 1, 2]));
  const next = await sinkOn();
  // The next sink sees more than the dead one did: the group it finishes must be the same all the same.
  const given = log([0, 1, 2, 3, 4]);
  for (let through = 0; through < given.length;) through += await next.take(given.slice(through));
  expect(await storeSums(store)).toEqual(emitted(5));
});

it('a group begun before is not touched until all of it has come again', async () => {
  await takeAndDie((table) => (table === 'stored_batches' ? 'refused' : undefined), log([0, 1, 2]));
  const next = await sinkOn();
  expect(await next.take(log([0, 1]))).toBe(0);
  expect(await next.take(log([0, 1, 2]))).toBe(3);
  expect(await storeSums(store)).toEqual(emitted(3));
});

it('a redelivery after every deduplication token was forgotten is still known', async () => {
  const forget = (window: number) =>
    [...tables, 'sink_intents', 'stored_batches'].map((table) =>
      store.command(`ALTER TABLE ${table} MODIFY SETTING non_replicated_deduplication_window = ${window}`),
    );
  await Promise.all(forget(1));
  for (const number of [0, 1, 2, 3]) await (await sinkOn()).take(log([number], number));
  const replayed = await sinkOn();
  expect(await replayed.take(log([0, 1, 2, 3, 4]))).toBe(5);
  expect(await storeSums(store)).toEqual(emitted(5));
  await Promise.all(forget(10_000));
});

it('two sinks that both believe a lane theirs count everything once', async () => {
  const [one, other] = await Promise.all([sinkOn(), sinkOn()]);
  await one.take(log([0]));
  await other.take(log([0]));
  const outcomes = await Promise.allSettled([one.take(log([1, 2], 1)), other.take(log([1, 2, 3], 1))]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  for (const sink of [one, other]) {
    const given = log([1, 2, 3, 4], 1);
    for (let through = 0; through < given.length;) through += await sink.take(given.slice(through));
  }
  expect(await storeSums(store)).toEqual(emitted(5));
});

describe('a group that cannot be finished because the topic is another', () => {
  const lettersOf = () =>
    store.query<{ batch_id: string; reason: string; raw: string }>(
      'SELECT batch_id, reason, raw FROM dead_letters ORDER BY batch_id',
    );

  it('is told, and what is new is stored', async () => {
    await takeAndDie((table) => (table === 'query_deltas' ? 'refused' : undefined), log([0, 1, 2], 100));
    const next = await sinkOn();
    expect(await next.take(log([3, 4]))).toBe(2);
    expect(await storeSums(store)).toEqual(emitted(2));
    const [letter] = await lettersOf();
    expect(letter?.reason).toMatch(/group 1 \(offsets 100 to 102\).*whole, in part or not at all/);
    expect(JSON.parse(letter?.raw ?? '')).toEqual([0, 1, 2].map((number) => batches[number]?.batch_id));
  });

  it('puts aside what came back of it instead of guessing', async () => {
    await takeAndDie((table) => (table === 'stored_batches' ? 'refused' : undefined), log([0, 1, 2]));
    const next = await sinkOn();
    expect(await next.take(log([2, 3], 2))).toBe(2);
    expect(await storeSums(store)).toEqual(emitted(4)); // 0 to 2 had been stored, 3 is new
    expect((await lettersOf()).map(({ batch_id }) => batch_id)).toEqual(['', batches[2]?.batch_id]);
  });
});

/** What may happen to a sink at any moment. */
const step = fc.record({
  sink: fc.nat(2),
  from: fc.nat(11),
  count: fc.integer({ min: 1, max: 6 }),
  fault: fc.constantFrom<Fault | 'none'>('none', 'none', 'refused', 'answer lost'),
  table: fc.constantFrom('sink_intents', 'query_deltas', 'stored_batches'),
  dies: fc.boolean(),
});

it('whatever three sinks do to one log, in whatever order, with deaths and lost answers: every sum is exact', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      for (const table of [...tables, 'sink_intents', 'stored_batches']) await store.command(`TRUNCATE TABLE ${table}`);
      const whole = log(batches.map((_, number) => number));
      let committed = 0;
      const alive = await Promise.all([0, 1, 2].map(() => sinkOn()));
      for (const { sink, from, count, fault, table, dies } of steps) {
        // Rewound anywhere, but never past what is committed: that is Kafka's promise to a group.
        const start = Math.min(from, committed);
        if (dies || fault !== 'none') {
          const dying = await sinkOn((inserted) =>
            fault !== 'none' && inserted === table ? (void dying.stop(), fault) : undefined,
          );
          await dying.take(whole.slice(start, start + count)).catch(() => 0);
          await dying.stop();
          continue;
        }
        const taken = await alive[sink]?.take(whole.slice(start, start + count)).catch(() => 0);
        committed = Math.max(committed, start + (taken ?? 0));
      }
      const last = await sinkOn();
      for (let through = 0; through < whole.length;) through += await last.take(whole.slice(through));
      expect(await storeSums(store)).toEqual(emitted(batches.length));
    }),
    { numRuns: 12, seed: 20_261_121 },
  );
}, 120_000);
