import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { counters, measure_names, sinceCreation, subtract } from './counters.js';
import type { StatementDelta } from './counters.js';

const whole = fc.bigInt({ min: 0n, max: 10n ** 20n });

describe('counters and deltas', () => {
  it('does not let counters stand in for a delta', () => {
    // @ts-expect-error counters are what an engine counts since its reset, a delta is one window
    const delta: StatementDelta = counters({}, '');
    expect(delta).toBeDefined();
  });

  it('gives back exactly what was added, beyond 2^53', () => {
    fc.assert(
      fc.property(whole, whole, (before, added) => {
        const delta = subtract(
          counters({ total_time_us: before + added }, 'e'),
          counters({ total_time_us: before }, 'e'),
        );
        expect(delta?.total_time_us).toBe(added);
      }),
    );
  });

  it('adds up over any chain of windows to the whole', () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 2, maxLength: 20 }), (steps) => {
        let running = 0n;
        const readings = steps.map((step) => counters({ calls: (running += step) }, ''));
        let sum = 0n;
        for (let i = 1; i < readings.length; i++) {
          const [before, now] = [readings[i - 1], readings[i]];
          if (before === undefined || now === undefined) throw new Error('unreachable');
          sum += subtract(now, before)?.calls ?? -1n;
        }
        expect(sum).toBe(running - (steps[0] ?? 0n));
      }),
    );
  });

  it.each(measure_names.filter((name) => name !== 'sum_square_time_us2'))('sees a reset when %s went down', (name) => {
    expect(subtract(counters({ [name]: 4n }, ''), counters({ [name]: 5n }, ''))).toBeUndefined();
  });

  it('sees a reset when the entry was made anew although every counter grew', () => {
    expect(subtract(counters({ calls: 9n }, 'b'), counters({ calls: 5n }, 'a'))).toBeUndefined();
  });

  it('takes rounding in the sum of squares for rounding', () => {
    const delta = subtract(counters({ sum_square_time_us2: 1 }, ''), counters({ sum_square_time_us2: 1.0000001 }, ''));
    expect(delta?.sum_square_time_us2).toBe(0);
  });

  it('counts everything since creation for a new entry', () => {
    expect(sinceCreation(counters({ calls: 3n }, 'e')).calls).toBe(3n);
  });
});
