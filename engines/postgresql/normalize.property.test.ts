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

  it('survive their packed form whatever their size', () => {
    const raw = { ...zero, calls: '9223372036854775807', wal_bytes: '99999999999999999999', total_exec_time: 1.2345 };
    const now = toCounters(raw, 8192, 'then');
    expect(unpack(pack(now))).toEqual(now);
  });
});
