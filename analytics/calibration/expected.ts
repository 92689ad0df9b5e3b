import type { DetectorInput, Estimate, Finding, Recommendation } from '@plumbline/contracts';
import { secondsPerDay } from '../advisors/estimate.js';
import { calibrated, type Calibration } from './calibration.js';

type Expected = Pick<Recommendation, 'saved_seconds_per_day' | 'expected_time_ratio'>;

/**
 * A detector's saving as told: its ratio of times moved by what was measured of such advice. As the detector has it where
 * the time of its queries is not known, since a ratio is then not defined.
 */
export function expectedOf(
  input: Pick<DetectorInput, 'queries'>,
  { saved_seconds_per_day, query_hashes }: Finding,
  calibration: Calibration,
): Expected {
  const daily_s = input.queries
    .filter((query) => query_hashes.includes(query.query_hash))
    .reduce((sum, query) => sum + secondsPerDay(query.total_time_us, query.span_s), 0);
  if (saved_seconds_per_day === null || daily_s === 0) return { saved_seconds_per_day };
  const uncalibrated = ratioOf(saved_seconds_per_day, daily_s);
  const told = calibrated(uncalibrated, calibration);
  return {
    saved_seconds_per_day: told === uncalibrated ? saved_seconds_per_day : savedOf(told, daily_s),
    expected_time_ratio: { uncalibrated, told, outcomes: calibration.outcomes },
  };
}

/** A detector that expects to save more than there is saves all of it. */
const ratioOf = ({ value, low, high }: Estimate, daily_s: number): Estimate => ({
  value: Math.max(0, 1 - value / daily_s),
  low: Math.max(0, 1 - high / daily_s),
  high: Math.max(0, 1 - low / daily_s),
});

const savedOf = ({ value, low, high }: Estimate, daily_s: number): Estimate => ({
  value: daily_s * (1 - value),
  low: daily_s * (1 - high),
  high: daily_s * (1 - low),
});
