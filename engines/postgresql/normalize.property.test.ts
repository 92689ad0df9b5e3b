import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changeOf, pack, toCounters, unpack, type RawStatement } from './normalize.js';

const zero: RawStatement = {
  ...{ dbid: '1', userid: '1', is_toplevel: true, queryid: '-5', calls: '0', plans: '0', rows: '0', wal_bytes: '0' },
  ...{ total_exec_time: 0, mean_exec_time: 0, stddev_exec_time: 0, total_plan_time: 0 },
  ...{ shared_blks_hit: '0', shared_blks_read: '0', shared_blks_written: '0' },
  ...{
    local_blks_hit: '0',
    local_blks_read: '0',
    local_blks_written: '0',
    temp_blks_read: '0',
    temp_blks_written: '0',
  },
  ...{ read_times_ms: [0], write_times_ms: [0], epoch: '' },
};

describe('deltas', () => {
  it('add up to what happened, whatever is reset in between', () => {
    const step = fc.record({
      calls: fc.integer({ min: 0, max: 1000 }),
      ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
      reset: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let [calls, ms, epoch, happened, happened_us, told, told_us] = [0, 0, 0, 0n, 0n, 0n, 0n];
        let before = unpack(pack(toCounters({ ...zero, epoch: '0' }, 8192, '')));
        for (const { calls: more, ms: longer, reset } of steps) {
          if (reset) [calls, ms, epoch] = [0, 0, epoch + 1];
          const start_us = BigInt(Math.round(ms * 1000));
          [calls, ms] = [calls + more, ms + longer];
          happened += BigInt(more);
          happened_us += BigInt(Math.round(ms * 1000)) - start_us;
          const raw = { ...zero, calls: String(calls), total_exec_time: ms, epoch: String(epoch) };
          const now = toCounters(raw, 8192, '');
          const { delta, is_reset } = changeOf(now, before);
          expect(is_reset).toBe(reset);
          told += delta.calls;
          told_us += delta.total_time_us;
          before = unpack(JSON.parse(JSON.stringify(pack(now))) as ReturnType<typeof pack>);
        }
        expect([told, told_us]).toEqual([happened, happened_us]);
      }),
    );
  });

  it('count from zero when any one counter went down, whatever the others did', () => {
    // Counters that are a measure of their own; hits and reads are summed up, so one's fall may hide in another's rise.
    const own = ['calls', 'plans', 'rows', 'shared_blks_written', 'temp_blks_read', 'wal_bytes'] as const;
    const whole = [...own, 'shared_blks_hit', 'shared_blks_read', 'local_blks_hit', 'temp_blks_written'] as const;
    const name = fc.constantFrom(...own, 'total_exec_time' as const, 'total_plan_time' as const);
    const value = fc.integer({ min: 1, max: 10 ** 9 });
    const counted = fc.record(Object.fromEntries(whole.map((one) => [one, value])) as Record<string, typeof value>);
    fc.assert(
      fc.property(counted, counted, value, value, name, fc.nat(), (was, more, was_ms, more_ms, lower, lost) => {
        const times = (ms: number) => ({ total_exec_time: ms, total_plan_time: ms });
        const text = (values: Record<string, number>) =>
          Object.fromEntries(Object.entries(values).map(([key, number]) => [key, String(number)]));
        const before = { ...zero, ...text(was), ...times(was_ms) } as RawStatement;
        const grown = Object.fromEntries(whole.map((one) => [one, (was[one] ?? 0) + (more[one] ?? 0)]));
        const after = { ...zero, ...text(grown), ...times(was_ms + more_ms) } as RawStatement;
        const fallen = Number(before[lower]) - 1 - (lost % Number(before[lower]));
        const now = { ...after, [lower]: typeof after[lower] === 'string' ? String(fallen) : fallen };

        const grew = changeOf(toCounters(after, 8192, ''), unpack(pack(toCounters(before, 8192, ''))));
        expect(grew.is_reset).toBe(false);
        expect(grew.delta.calls).toBe(BigInt(more['calls'] ?? 0));
        const fell = changeOf(toCounters(now, 8192, ''), unpack(pack(toCounters(before, 8192, ''))));
        expect(fell.is_reset).toBe(true);
        expect(fell.delta.calls).toBe(BigInt(now.calls));
        expect(fell.delta.total_time_us).toBe(BigInt(Math.round(now.total_exec_time * 1000)));
      }),
    );
  });

  it('survive their packed form whatever their size', () => {
    const raw = { ...zero, calls: '9223372036854775807', wal_bytes: '99999999999999999999', total_exec_time: 1.2345 };
    const now = toCounters(raw, 8192, 'then');
    expect(unpack(pack(now))).toEqual(now);
  });
});
