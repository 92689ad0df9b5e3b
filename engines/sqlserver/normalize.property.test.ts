import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { timesCount } from './exact.js';
import { changeOf, intervalTotals, pack, unpack, type RuntimeRow } from './normalize.js';

const zero: RuntimeRow = {
  ...{ plan_id: '1', interval_id: '1', execution_type: 0, count: 0n, duration_us: 0, duration_stdev_us: 0 },
  ...{ min_duration_us: 0, max_duration_us: 0, cpu_time_us: 0, logical_reads: 0, logical_writes: 0 },
  ...{
    physical_reads: 0,
    rowcount: 0,
    log_bytes: 0,
    tempdb_pages: 0,
    native_id: '0xaa',
    plan_hash: 'bb',
    text_id: '1',
  },
};
const averaged = (total: bigint, count: bigint): RuntimeRow => ({
  ...{ ...zero, count, duration_us: Number(total) / Number(count) },
});

describe('The sum behind an average', () => {
  it('is the sum itself while a double can tell it apart from its neighbours', () => {
    const sums = fc.record({ total: fc.bigInt(0n, 1n << 51n), count: fc.bigInt(1n, 1n << 40n) });
    fc.assert(
      fc.property(sums, ({ total, count }) => {
        expect(timesCount(Number(total) / Number(count), count)).toBe(total);
      }),
    );
  });

  it.each([
    { average: 20_000_000_000, count: 10_000_000_000n, sum: 200_000_000_000_000_000_000n },
    { average: 0.5, count: 9_007_199_254_740_993n, sum: 4_503_599_627_370_497n },
    { average: Number.MIN_VALUE, count: 5n, sum: 0n },
    { average: 2 ** 60, count: 3n, sum: 3n << 60n },
    { average: -4, count: 7n, sum: 0n },
    { average: Number.NaN, count: 7n, sum: 0n },
  ])('of $average over $count is $sum', ({ average, count, sum }) => {
    expect(timesCount(average, count)).toBe(sum);
  });
});

describe('What an interval grew by', () => {
  const step = fc.record({
    count: fc.integer({ min: 1, max: 1_000 }),
    total: fc.integer({ min: 0, max: 1_000_000_000 }),
    flush: fc.boolean(),
    read: fc.boolean(),
  });

  it('adds up to what it holds at its end, whenever it is read and flushed', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let rows: { total: bigint; count: bigint }[] = [];
        let told: ReturnType<typeof pack> | undefined;
        let [calls, total_us, happened, happened_us] = [0n, 0n, 0n, 0n];
        const read = (): void => {
          const [entry] = intervalTotals(rows.map(({ total, count }) => averaged(total, count)));
          if (entry === undefined) return;
          const change = changeOf(entry.totals, told === undefined ? undefined : unpack(told));
          if (change.kind === 'fallen') throw new Error('nothing was lost');
          calls += change.delta.calls;
          total_us += change.delta.total_time_us;
          told = JSON.parse(JSON.stringify(pack(entry.totals)));
        };
        for (const { count, total, flush, read: reads } of steps) {
          rows.push({ count: BigInt(count), total: BigInt(total) });
          happened += BigInt(count);
          happened_us += BigInt(total);
          if (flush) rows = [{ total: happened_us, count: happened }];
          if (reads) read();
        }
        read();
        expect([calls, total_us]).toEqual([happened, happened_us]);
      }),
    );
  });

  it('is never more than what happened, whatever a crash takes away', () => {
    const crashing = fc.array(fc.record({ count: fc.integer({ min: 1, max: 100 }), crash: fc.boolean() }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(crashing, (steps) => {
        let [held, happened, told_calls] = [0n, 0n, 0n];
        let told: ReturnType<typeof pack> | undefined;
        for (const { count, crash } of steps) {
          if (crash) held = 0n;
          held += BigInt(count);
          happened += BigInt(count);
          const [entry] = intervalTotals([averaged(held * 10n, held)]);
          if (entry === undefined) continue;
          const change = changeOf(entry.totals, told === undefined ? undefined : unpack(told));
          told_calls += change.kind === 'fallen' ? 0n : change.delta.calls;
          told = pack(entry.totals);
        }
        expect(told_calls <= happened).toBe(true);
      }),
    );
  });

  it('survives its packed form, whatever its size', () => {
    const [entry] = intervalTotals([{ ...zero, count: (1n << 63n) - 1n, duration_us: 1e9, log_bytes: 3.5 }]);
    expect(entry?.totals.total_time_us).toBe(((1n << 63n) - 1n) * 1_000_000_000n);
    if (entry !== undefined) expect(unpack(pack(entry.totals))).toEqual(entry.totals);
  });

  it('of a plan that took another identity is all it holds', () => {
    const [before] = intervalTotals([averaged(10n, 5n)]);
    const [now] = intervalTotals([{ ...averaged(6n, 3n), native_id: '0xcc' }]);
    expect(now && before && changeOf(now.totals, before.totals)).toMatchObject({ kind: 'whole', delta: { calls: 3n } });
  });
});
