import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migrate, openStore, type Store } from '@plumbline/clickhouse';
import type { Batch } from '@plumbline/contracts';
import fc from 'fast-check';
import type { Arrival } from '../bus/bus.js';
import { makeBatch } from '../make-batch.js';
import { fenceOf, unpackState, withReader } from '../reader.js';
import { deltaRow, minute } from '../testing/batches.js';
import { sinkBehind, type Fault } from '../testing/sink-behind.js';

const lane = 'shop.batches/0';
const place = { instance_id: 'shop', aspect: 'statements' };
let directory: string;
let store: Store;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-readers-'));
  store = await openStore(`chdb://${directory}/store`);
  await migrate(store);
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});
const facts = ['query_deltas', 'query_hourly', 'query_daily'];
const notes = ['reader_states', 'reader_fences', 'superseded_batches', 'sink_intents', 'stored_batches'];
const forgetAll = async (): Promise<void> => {
  for (const table of [...facts, ...notes]) await store.command(`TRUNCATE TABLE ${table}`);
};
beforeEach(forgetAll);

/** A reading of a source with one counter: it was `from` and is `to`; the counter is the state. */
async function reading(term: number, sequence: number, from: number, to: number): Promise<Batch> {
  const rows =
    to > from ? [{ ...deltaRow(from, 1, BigInt(to - from)), window_end: deltaRow(to - 1, 1, 1n).window_end }] : [];
  const window = { window_start: minute(from), window_end: minute(to) };
  const batch = await makeBatch({ ...place, ...window, rows: { query_deltas: rows } });
  return withReader(batch, { ...place, term, sequence, value: to }, true);
}

class Log {
  readonly arrivals: Arrival[] = [];
  append(...batches: readonly Batch[]): void {
    for (const batch of batches) {
      const content = Buffer.from(JSON.stringify(batch));
      this.arrivals.push({ content, place: { lane, offset: this.arrivals.length } });
    }
  }
  /** Everything from there on, by a sink that begins now. */
  async store(from = 0): Promise<void> {
    const sink = await sinkBehind(store);
    for (let at = from; at < this.arrivals.length;) at += await sink.take(this.arrivals.slice(at));
    await sink.stop();
  }
}

interface Window {
  readonly from: string;
  readonly to: string;
  readonly calls: string;
}
const windows = (): Promise<readonly Window[]> =>
  store.query('SELECT window_start AS from, window_end AS to, calls FROM query_deltas ORDER BY window_start');
async function sums(): Promise<readonly number[]> {
  const all = facts.map((table) => store.query<{ calls: string }>(`SELECT sum(calls) AS calls FROM ${table}`));
  return (await Promise.all(all)).map(([row]) => Number(row?.calls));
}

/** As the next owner asks; undefined: its fence has not come by. */
async function baseFor(term: number): Promise<number | 'none' | undefined> {
  const bases = await store.query<{ aspect: string; base_term: string; base_sequence: string }>(
    'SELECT aspect, base_term, base_sequence FROM reader_fences FINAL WHERE term = {term:UInt64}',
    { params: { term } },
  );
  if (bases.length === 0) return undefined;
  const base = bases.find(({ aspect }) => aspect === place.aspect);
  if (base === undefined) return 'none';
  const [row] = await store.query<{ state: string }>(
    `SELECT state FROM reader_states FINAL WHERE term = {base_term:UInt64} AND sequence = {base_sequence:UInt64}`,
    { params: { ...base } },
  );
  return (await unpackState(row?.state ?? '')) as number;
}
const superseded = () =>
  store.query(
    'SELECT term, sequence, superseded_by_term, row_count FROM superseded_batches FINAL ORDER BY term, sequence',
  );

describe('a fence among an instance’s batches', () => {
  it('gives the last state before it; what comes later of older terms is left out, told, and counted by the new owner', async () => {
    const log = new Log();
    log.append(await reading(1, 1, 0, 0), await reading(1, 2, 0, 5), fenceOf('shop', 2), await reading(1, 3, 5, 9));
    await log.store();
    expect(await baseFor(2)).toBe(5);
    log.append(await reading(2, 1, 5, 12));
    await log.store(4);
    expect(await sums()).toEqual([12, 12, 12]);
    expect(await superseded()).toEqual([{ term: '1', sequence: '3', superseded_by_term: '2', row_count: '1' }]);
  });

  it('changes nothing when it and all others come again', async () => {
    const log = new Log();
    log.append(await reading(1, 1, 0, 5), fenceOf('shop', 2), await reading(1, 2, 5, 9), await reading(2, 1, 5, 12));
    log.append(fenceOf('shop', 2), await reading(1, 2, 5, 9), await reading(1, 1, 0, 5));
    await log.store();
    await log.store();
    expect([await baseFor(2), await sums()]).toEqual([5, [12, 12, 12]]);
    expect(await superseded()).toHaveLength(1);
  });

  it('leaves in what an owner before the last one was late with: nobody counts it again', async () => {
    const log = new Log();
    // Term 1 was handed over at 9, and term 2 was killed after it had delivered.
    log.append(await reading(1, 1, 0, 5), await reading(2, 1, 9, 12), fenceOf('shop', 3));
    log.append(await reading(1, 2, 5, 9), await reading(2, 2, 12, 14), await reading(3, 1, 12, 20));
    await log.store();
    expect([await baseFor(3), await sums()]).toEqual([12, [20, 20, 20]]);
  });

  it('lets the new owner send the very batch that was left out', async () => {
    const log = new Log();
    log.append(await reading(1, 1, 0, 5), fenceOf('shop', 2), await reading(1, 2, 5, 9), await reading(2, 1, 5, 9));
    expect(await reading(1, 2, 5, 9)).toMatchObject({ batch_id: (await reading(2, 1, 5, 9)).batch_id });
    await log.store();
    expect([await sums(), await superseded()]).toEqual([[9, 9, 9], [expect.objectContaining({ term: '1' })]]);
  });

  it.each([
    ['no state came before it', async (): Promise<readonly Batch[]> => []],
    [
      'the last state before it does not travel',
      async () => [await reading(1, 1, 0, 2), withoutState(await reading(1, 2, 2, 5))],
    ],
  ])('leaves everything in when %s: the new owner reads anew', async (_when, before) => {
    const log = new Log();
    const [from, sequence] = (await before()).length === 0 ? [0, 1] : [5, 3];
    log.append(
      ...(await before()),
      fenceOf('shop', 2),
      await reading(1, sequence, from, 9),
      await reading(2, 1, 11, 12),
    );
    await log.store();
    expect([await baseFor(2), await sums(), await superseded()]).toEqual(['none', [10, 10, 10], []]);
  });

  it('leaves in what carries no state, and what is another instance’s', async () => {
    const log = new Log();
    const { reader: _none, ...plain } = await reading(1, 2, 5, 9);
    const other = { ...(await reading(1, 2, 20, 21)), instance_id: 'billing', batch_id: 'billing:1' };
    log.append(await reading(1, 1, 0, 5), fenceOf('shop', 2), plain, other);
    await log.store();
    expect(await sums()).toEqual([10, 10, 10]);
  });
});

const withoutState = (batch: Batch): Batch => ({
  ...batch,
  reader: { term: 1, sequence: 1, ...batch.reader, state: '' },
});

/** What may happen next to collectors that take an instance from one another, and to the sinks behind them. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), grows: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('deliver' as const), owner: fc.nat(5), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    kind: fc.constant('store' as const),
    back: fc.nat(4),
    count: fc.integer({ min: 1, max: 5 }),
    fault: fc.constantFrom<Fault | 'none'>('none', 'none', 'refused', 'answer lost'),
    table: fc.constantFrom('sink_intents', 'query_deltas', 'reader_states', 'reader_fences', 'stored_batches'),
  }),
  fc.record({
    kind: fc.constant('take over' as const),
    how: fc.constantFrom('killed' as const, 'handed over' as const),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer Kind> ? Kind : never;

class Story {
  readonly log = new Log();
  /** Of all owners in their order: what each has written ahead and not delivered. */
  readonly #outboxes: Batch[][] = [[]];
  #counter = 0;
  #state = 0;
  #sequence = 0;
  #committed = 0;

  get #term(): number {
    return this.#outboxes.length;
  }

  async read(grows: number): Promise<void> {
    this.#counter += grows;
    this.#sequence += 1;
    this.#outboxes.at(-1)?.push(await reading(this.#term, this.#sequence, this.#state, this.#counter));
    this.#state = this.#counter;
  }

  /** An owner of long ago may be back, too. */
  deliver(owner: number, count: number): void {
    this.log.append(...(this.#outboxes[owner % this.#term]?.splice(0, count) ?? []));
  }

  /** From a little before what is committed, by a sink that may die. */
  async store({ back, count, fault, table }: Extract<Step, { kind: 'store' }>): Promise<void> {
    const from = Math.max(0, this.#committed - back);
    const dying: { stop?: () => Promise<void> } = {};
    const sink = await sinkBehind(store, (inserted) =>
      fault !== 'none' && inserted === table ? (void dying.stop?.(), fault) : undefined,
    );
    dying.stop = () => sink.stop();
    const given = this.log.arrivals.slice(from, Math.max(from, this.#committed) + count);
    const taken = given.length === 0 ? 0 : await sink.take(given).catch(() => 0);
    this.#committed = Math.max(this.#committed, from + taken);
    await sink.stop();
  }

  /** Killed: the next one waits for its fence and goes on from what it finds. */
  async takeOver(how: 'killed' | 'handed over'): Promise<void> {
    this.#outboxes.push([]);
    if (how === 'handed over') return;
    this.log.append(fenceOf('shop', this.#term));
    await this.log.store(0);
    this.#committed = this.log.arrivals.length;
    const base = await baseFor(this.#term);
    this.#state = base === 'none' ? 0 : (base ?? NaN);
    // A source that nobody has read before is counted from its beginning here.
    if (base === 'none') this.#outboxes.forEach((outbox) => outbox.splice(0));
  }

  async end(): Promise<number> {
    await this.read(1);
    for (let owner = 0; owner < this.#term; owner += 1) this.deliver(owner, Infinity);
    await this.log.store(0);
    return this.#counter;
  }
}

it('whoever takes an instance from whomever, however late batches come, whichever sinks die: every count is in one window', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), async (steps) => {
      await forgetAll();
      const story = new Story();
      for (const one of steps) {
        if (one.kind === 'read') await story.read(one.grows);
        if (one.kind === 'deliver') story.deliver(one.owner, one.count);
        if (one.kind === 'store') await story.store(one);
        if (one.kind === 'take over') await story.takeOver(one.how);
      }
      const emitted = await story.end();
      expect(await sums()).toEqual([emitted, emitted, emitted]);
      const found = await windows();
      found.slice(1).forEach(({ from }, index) => expect(from >= (found[index]?.to ?? '')).toBe(true));
    }),
    { numRuns: 10, seed: 20_261_121 },
  );
}, 120_000);
