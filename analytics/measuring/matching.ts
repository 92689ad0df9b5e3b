import type { MatchedBy } from '@plumbline/contracts';
import { logDifference, meanOfDifferences } from '../math/difference.js';
import type { LogDifference } from '../math/difference.js';
import { sequentialTest, sequentialTestOfDifferences } from '../math/sequential-test.js';

/** A value of ln(time) at one detector point. */
export interface Level {
  readonly point: number;
  readonly ln: number;
}

export interface MatchingOptions {
  readonly point_s: number;
  readonly min_points: number;
  readonly threshold: number;
  readonly tau: number;
}

export interface MatchedDifference {
  readonly found: LogDifference;
  readonly likelihood_ratio: number;
  readonly matched_by: MatchedBy;
}

interface Matching {
  readonly matched_by: Exclude<MatchedBy, 'none'>;
  /** Width of a slot; undefined: one detector point, which loses the least. */
  readonly slot_s?: number;
}

/** The narrowest first. A query that seldom runs meets its like within the hour, if not within the point. */
const matchings: readonly Matching[] = [
  { matched_by: 'hour_of_week' },
  { matched_by: 'hour_of_week', slot_s: 3_600 },
  { matched_by: 'hour_of_day' },
  { matched_by: 'hour_of_day', slot_s: 3_600 },
];

/** Matched slots must hold this share of what was seen after: less may be hours in which the change does other things. */
const least_matched_share = 0.25;

const day_s = 86_400;

/** Seconds into the week; into the day, days of the weekend apart, as the baselines have it. 1970 began on a Thursday. */
function placeInPeriod(at_s: number, matched_by: Matching['matched_by']): number {
  const weekday = (Math.floor(at_s / day_s) + 3) % 7;
  const into_day_s = at_s % day_s;
  if (matched_by === 'hour_of_week') return weekday * day_s + into_day_s;
  return (weekday >= 5 ? day_s : 0) + into_day_s;
}

/**
 * ln(after) − ln(before) at the same times of the week; of the day, weekends apart, where the week has too few such
 * pairs; of all points as they come where both do. One difference per time, so that what repeats by the clock cancels and a time that came
 * twice counts once.
 */
export function matchedDifference(
  before: readonly Level[],
  after: readonly Level[],
  options: MatchingOptions,
): MatchedDifference {
  for (const matching of matchings) {
    const differences = differencesBySlot(before, after, matching, options);
    if (differences === undefined) continue;
    return {
      found: meanOfDifferences(differences),
      likelihood_ratio: sequentialTestOfDifferences(differences, options).likelihood_ratio,
      matched_by: matching.matched_by,
    };
  }
  const [all_before, all_after] = [lnOf(before), lnOf(after)];
  return {
    found: logDifference(all_before, all_after),
    likelihood_ratio: sequentialTest(all_before, all_after, options).likelihood_ratio,
    matched_by: 'none',
  };
}

const lnOf = (levels: readonly Level[]): readonly number[] => levels.map((level) => level.ln);

/** In the order in which the times first came after. Undefined when too few times are on both sides. */
function differencesBySlot(
  before: readonly Level[],
  after: readonly Level[],
  { matched_by, slot_s }: Matching,
  { point_s, min_points }: MatchingOptions,
): readonly number[] | undefined {
  const slotOf = ({ point }: Level): number =>
    Math.floor(placeInPeriod(point * point_s, matched_by) / (slot_s ?? point_s));
  const usual = meansBySlot(before, slotOf);
  const now = meansBySlot(
    after.filter((level) => usual.has(slotOf(level))),
    slotOf,
  );
  const matched = [...now.values()].reduce((sum, slot) => sum + slot.count, 0);
  if (now.size < min_points || matched < after.length * least_matched_share) return undefined;
  return [...now].map(([slot, { mean }]) => mean - (usual.get(slot)?.mean ?? mean));
}

function meansBySlot(
  levels: readonly Level[],
  slotOf: (level: Level) => number,
): ReadonlyMap<number, { readonly mean: number; readonly count: number }> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const level of levels) {
    const slot = sums.get(slotOf(level)) ?? { sum: 0, count: 0 };
    sums.set(slotOf(level), { sum: slot.sum + level.ln, count: slot.count + 1 });
  }
  return new Map([...sums].map(([slot, { sum, count }]) => [slot, { mean: sum / count, count }]));
}
