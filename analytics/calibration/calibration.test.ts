import { describe, expect, it } from '@jest/globals';
import type { Estimate } from '@plumbline/contracts';
import fc from 'fast-check';
import { timeRatio, what_if_prior } from '../advisors/estimate.js';
import { normal, seeded } from '../testing/series.js';
import { calibrated, calibrationOf, uncalibrated, type Outcome } from './calibration.js';

/** What outcomes are made of: ln(actual / planner's ratio) is normal about `shift_ln`, and measured with an error. */
interface Truth {
  readonly title: string;
  readonly shift_ln: number;
  readonly spread_ln: number;
  readonly measured_se_ln: number;
}
const truths: readonly Truth[] = [
  { title: 'as in the run the prior is from', ...what_if_prior, measured_se_ln: 0.05 },
  { title: 'planner twice too hopeful', shift_ln: Math.log(2), spread_ln: 0.3, measured_se_ln: 0.05 },
  { title: 'planner right and sharp', shift_ln: 0, spread_ln: 0.15, measured_se_ln: 0.05 },
  { title: 'planner too careful', shift_ln: -0.4, spread_ln: 0.3, measured_se_ln: 0.05 },
  { title: 'outcomes scattered widely', shift_ln: 0.2, spread_ln: 0.8, measured_se_ln: 0.1 },
  { title: 'outcomes measured coarsely', shift_ln: 0.2, spread_ln: 0.3, measured_se_ln: 0.2 },
];
const histories = 100;
const outcomes_in_history = 40;
const outcomes_before_judging = 10;

interface Case extends Outcome {
  readonly planner_ratio: number;
  readonly true_ratio: number;
}

function history(truth: Truth, seed: number): readonly Case[] {
  const random = seeded(seed);
  return Array.from({ length: outcomes_in_history }, () => {
    const planner_ratio = Math.exp(-0.2 - 1.3 * random());
    const ln = Math.log(planner_ratio) + truth.shift_ln + truth.spread_ln * normal(random);
    const measured_ln = ln + truth.measured_se_ln * normal(random);
    const reach = 1.2815516 * truth.measured_se_ln;
    return {
      planner_ratio,
      true_ratio: Math.exp(ln),
      uncalibrated: timeRatio(planner_ratio, what_if_prior),
      actual: {
        value: Math.exp(measured_ln),
        low: Math.exp(measured_ln - reach),
        high: Math.exp(measured_ln + reach),
      },
    };
  });
}

/** Each outcome told by those before it, as the ledger would have. */
function told(truth: Truth): readonly { readonly one: Case; readonly estimate: Estimate }[] {
  return Array.from({ length: histories }, (_, seed) => history(truth, seed + 1)).flatMap((cases) =>
    cases
      .map((one, index) => ({ one, estimate: calibrated(one.uncalibrated, calibrationOf(cases.slice(0, index))) }))
      .slice(outcomes_before_judging),
  );
}

describe.each(truths)('a simulated history of outcomes, $title', (truth) => {
  const all = told(truth);
  const errorOf = (ratioOf: (told: (typeof all)[number]) => number) =>
    all.reduce((sum, one) => sum + Math.abs(Math.log(ratioOf(one) / one.one.true_ratio)), 0) / all.length;

  it('the 80 % interval holds 75 to 85 of 100 outcomes', () => {
    const held = all.filter(({ one, estimate }) => estimate.low <= one.true_ratio && one.true_ratio <= estimate.high);
    expect(held.length / all.length).toBeGreaterThanOrEqual(0.75);
    expect(held.length / all.length).toBeLessThanOrEqual(0.85);
  });

  it('the mean absolute error is below the planner’s own, or the same where that is right', () => {
    const allowed = truth.shift_ln === 0 ? 1.1 : 1;
    expect(errorOf(({ estimate }) => estimate.value)).toBeLessThan(errorOf(({ one }) => one.planner_ratio) * allowed);
  });
});

const estimate: Estimate = { value: 0.5, low: 0.35, high: 0.7 };
const outcomeOf = (value: number): Outcome => ({
  uncalibrated: estimate,
  actual: { value, low: value * 0.95, high: value * 1.05 },
});

it('without an outcome the estimate is told as it is', () => {
  expect(calibrationOf([])).toEqual(uncalibrated);
  expect(calibrated(estimate, uncalibrated)).toBe(estimate);
});

it('one outcome moves the next estimate about half of the way', () => {
  const { value } = calibrated(estimate, calibrationOf([outcomeOf(0.8)]));
  expect(Math.log(value / 0.5) / Math.log(0.8 / 0.5)).toBeCloseTo(0.5, 1);
});

it('one accident does not become the rule', () => {
  const usual = Array.from({ length: 19 }, () => outcomeOf(0.5));
  expect(calibrated(estimate, calibrationOf([...usual, outcomeOf(60)])).value).toBeLessThan(0.6);
});

it('what was sure stays sure, and what was sure teaches nothing', () => {
  const sure = { value: 1, low: 1, high: 1 };
  expect(calibrated(sure, calibrationOf([outcomeOf(0.8)]))).toBe(sure);
  expect(calibrationOf([{ uncalibrated: sure, actual: estimate }])).toEqual(uncalibrated);
});

it('whatever the outcomes, an estimate is finite, positive and inside its interval', () => {
  const ratio = fc.double({ min: 0, max: 50, noNaN: true });
  const any = fc.tuple(ratio, ratio, ratio).map((three) => {
    const [low = 0, value = 0, high = 0] = three.sort((left, right) => left - right);
    return { value, low, high };
  });
  fc.assert(
    fc.property(any, fc.array(fc.record({ uncalibrated: any, actual: any }), { maxLength: 20 }), (given, outcomes) => {
      const { value, low, high } = calibrated(given, calibrationOf(outcomes));
      expect([value, low, high].every((bound) => Number.isFinite(bound) && bound >= 0)).toBe(true);
      expect(low).toBeLessThanOrEqual(value);
      expect(value).toBeLessThanOrEqual(high);
    }),
  );
});
