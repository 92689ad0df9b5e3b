import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Fields } from './fields.js';
import { changeOf, microseconds, pack, rawStatement, toCounters, unpack, windowExtremes } from './normalize.js';

const row = (values: Readonly<Record<string, unknown>>) => rawStatement(new Fields({ digest: 'ab', ...values }));

describe('deltas', () => {
  it('add up to what happened, whatever is reset in between and however far beyond 2^53', () => {
    const step = fc.record({
      calls: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      ps: fc.bigInt({ min: 0n, max: 2n ** 62n }),
      is_reset: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let [calls, ps, epoch, happened, happened_us, told, told_us] = [0n, 0n, 0, 0n, 0n, 0n, 0n];
        let before = unpack(pack(toCounters(row({ first_seen: '0' }))));
        for (const { calls: more, ps: longer, is_reset } of steps) {
          if (is_reset) [calls, ps, epoch] = [0n, 0n, epoch + 1];
          const start_us = microseconds(ps);
          [calls, ps] = [calls + more, ps + longer];
          happened += more;
          happened_us += microseconds(ps) - start_us;
          // As the driver gives them: text.
          const now = toCounters(row({ calls: String(calls), timer_ps: String(ps), first_seen: String(epoch) }));
          const change = changeOf(now, before);
          expect(change.is_reset).toBe(is_reset);
          told += change.delta.calls;
          told_us += change.delta.total_time_us;
          before = unpack(JSON.parse(JSON.stringify(pack(now))) as ReturnType<typeof pack>);
        }
        expect([told, told_us]).toEqual([happened, happened_us]);
      }),
    );
  });

  it('are exact where a double is not: 9007199254740993 ps more than 2^63', () => {
    const before = toCounters(row({ timer_ps: '9223372036854775807', first_seen: 'then' }));
    const now = toCounters(row({ timer_ps: '9232379236109516800', first_seen: 'then' }));
    expect(changeOf(now, before).delta.total_time_us).toBe(9_007_199_255n);
  });

  it('survive their packed form whatever their size', () => {
    const all = { calls: '18446744073709551615', timer_ps: '99999999999999999999999999', rows_sent: '5', errors: '7' };
    const now = toCounters(row({ ...all, first_seen: '2026-11-21 14:51:45.956280' }));
    expect(unpack(pack(now))).toEqual(now);
  });
});

describe('the shortest and longest run of a window', () => {
  const extremes = (least_ps: bigint, most_ps: bigint) => ({ least_ps, most_ps });
  it.each([
    ['are those of an entry that is new', extremes(5_000_000n, 9_500_000n), undefined, false, [5, 9.5]],
    [
      'are a record that was broken',
      extremes(4_000_000n, 9_000_000n),
      extremes(5_000_000n, 9_000_000n),
      false,
      [4, null],
    ],
    [
      'are unknown when none was broken',
      extremes(5_000_000n, 9_000_000n),
      extremes(5_000_000n, 9_000_000n),
      false,
      [null, null],
    ],
    ['are unknown after a reset', extremes(1n, 99_000_000n), extremes(5_000_000n, 9_000_000n), true, [null, null]],
  ])('%s', (_title, now, before, is_reset, [least, most]) => {
    expect(windowExtremes(now, before, is_reset)).toEqual({ min_time_us: least, max_time_us: most });
  });
});
