import type { Action, Recommendation } from '@plumbline/contracts';
import { utc } from '@plumbline/contracts';
import type { JobContext } from '../job.js';
import { calibrationOf, type Calibration } from './calibration.js';

/** How far estimates of this action and proof were off on one engine, whatever the instance. */
export type Calibrations = (action_kind: Action['kind'], proof: Recommendation['proof']) => Calibration;

/** From the outcomes known at `as_of`. One without control queries teaches nothing: the machine may have done it. */
export async function learnedCalibrations(context: JobContext, engine: string, as_of: Date): Promise<Calibrations> {
  const rows = await context.ask('estimate_outcomes', { instance_id: '', as_of: utc(as_of) });
  const outcomes = rows.filter((row) => row.engine === engine && row.control_queries > 0);
  return (action_kind, proof) =>
    calibrationOf(
      outcomes
        .filter((row) => row.action_kind === action_kind && row.proof === proof)
        .map((row) => ({
          uncalibrated: { value: row.uncalibrated_ratio, low: row.uncalibrated_low, high: row.uncalibrated_high },
          actual: { value: row.actual_ratio, low: row.actual_low, high: row.actual_high },
        })),
    );
}
