import { createHash } from 'node:crypto';
import type { Detector, DetectorInput, Finding, Recommendation, RenderedAction } from '@plumbline/contracts';
import type { Calibration } from '../calibration/calibration.js';
import { expectedOf } from '../calibration/expected.js';

/** The same finding on the same instance is the same recommendation, whenever it is found. */
export function recommendationIdOf(instance_id: string, detector: string, target: string): string {
  return createHash('sha256').update([instance_id, detector, target].join('\n')).digest('hex').slice(0, 16);
}

export function recommendationOf(
  input: DetectorInput,
  detector: Detector,
  finding: Finding,
  rendered: RenderedAction,
  calibration: Calibration,
): Recommendation {
  const { target, ...told } = finding;
  const answered = input.regressions.filter((regression) => finding.query_hashes.includes(regression.query_hash));
  return {
    recommendation_id: recommendationIdOf(input.instance_id, detector.name, target),
    instance_id: input.instance_id,
    detector: detector.name,
    ...told,
    ...expectedOf(input, finding, calibration),
    rendered,
    regression_ids: answered.map((regression) => regression.regression_id).sort(),
  };
}

/**
 * Whether a person who read the earlier proposal would want to read the new one: another action, proof or severity, a
 * regression it now answers, or an estimate outside the interval that was told. Evidence alone moves all the time, and a
 * planner that cannot be asked just now does not take back what it proved.
 */
export function isMateriallyOther(earlier: Recommendation, now: Recommendation): boolean {
  const is_proof_lost = earlier.proof === 'what_if' && now.proof === 'not_proven';
  return (
    JSON.stringify(earlier.action) !== JSON.stringify(now.action) ||
    JSON.stringify(earlier.rendered) !== JSON.stringify(now.rendered) ||
    (earlier.proof === 'not_proven' && now.proof === 'what_if') ||
    now.regression_ids.some((id) => !earlier.regression_ids.includes(id)) ||
    (!is_proof_lost && (earlier.severity !== now.severity || isOutside(earlier, now)))
  );
}

function isOutside(earlier: Recommendation, now: Recommendation): boolean {
  const [told, found] = [earlier.saved_seconds_per_day, now.saved_seconds_per_day];
  if (told === null || found === null) return told !== found;
  return found.value < told.low || found.value > told.high;
}
