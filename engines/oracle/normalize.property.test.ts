import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { counterChange, intervalChange, pack, planHashOf, toCounters, unpack, type RawMeasures } from './normalize.js';

const block_bytes = 8_192;
const names = [
  ...(['executions', 'elapsed_us', 'cpu_us', 'io_wait_us', 'application_wait_us', 'concurrency_wait_us'] as const),
  ...(['rows_processed', 'buffer_gets', 'disk_reads', 'physical_read_bytes', 'physical_write_bytes'] as const),
];
const measures = (value: fc.Arbitrary<bigint | null>): fc.Arbitrary<RawMeasures> =>
  fc.tuple(...names.map(() => value)).map((values) => {
    return Object.fromEntries(names.map((name, place) => [name, values[place] ?? null])) as unknown as RawMeasures;
  });
const counted = fc.bigInt({ min: 0n, max: 10n ** 20n });
const anything = fc.option(fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }), { nil: null });

describe('Counters of Oracle', () => {
  it('add up: what is told between readings is what was counted', () => {
    fc.assert(
      fc.property(fc.array(measures(counted), { minLength: 1, maxLength: 6 }), (steps) => {
        const totals = { executions: 0n, elapsed_us: 0n };
        let before = toCounters(steps[0] as RawMeasures, block_bytes, 'a');
        let [told, running] = [0n, { ...(steps[0] as RawMeasures) }];
        for (const step of steps.slice(1)) {
          running = Object.fromEntries(
            names.map((name) => [name, (running[name] ?? 0n) + (step[name] ?? 0n)]),
          ) as unknown as RawMeasures;
          const now = toCounters(running, block_bytes, 'a');
          const { delta, flags } = counterChange(now, unpack(JSON.parse(JSON.stringify(pack(before))) as never));
          expect(flags).toEqual([]);
          told += delta.calls;
          totals.executions += step.executions ?? 0n;
          before = now;
        }
        expect(told).toBe(totals.executions);
      }),
    );
  });

  it('never tell a negative number, whatever AWR says, and flag what is not whole', () => {
    fc.assert(
      fc.property(measures(anything), (raw) => {
        const { delta, flags } = intervalChange(raw, block_bytes);
        for (const value of Object.values(delta)) expect(value >= 0).toBe(true);
        const is_broken = Object.values(raw).some((value) => value !== null && value < 0n);
        if (is_broken) expect(flags).toEqual(['counter_reset']);
      }),
    );
  });

  it('survive the state to the last digit', () => {
    fc.assert(
      fc.property(measures(counted), fc.string(), (raw, epoch) => {
        const now = toCounters(raw, block_bytes, epoch);
        expect(unpack(JSON.parse(JSON.stringify(pack(now))) as ReturnType<typeof pack>)).toEqual(now);
      }),
    );
  });

  it('name a plan by sixteen digits, and none by none', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 32n - 1n }), (value) => /^[0-9a-f]{16}$/.test(planHashOf(value))),
    );
    expect([planHashOf(0n), planHashOf(null)]).toEqual(['', '']);
  });
});
