import type { StatementsInfo } from './statements-read.js';
import type { StatementsState } from './statements-state.js';

/** What the server forgot between two readings. */
export interface Losses {
  readonly was_reset: boolean;
  /** What some statements did is missing: sums are a lower bound. */
  readonly has_evictions: boolean;
}

interface Seen {
  readonly key: string;
  readonly change: { readonly is_reset: boolean };
}

/** Of the entries; a pass of evictions takes a twentieth, so this many are gone between two readings by a reset only. */
const least_share_lost_by_reset = 0.5;

/**
 * pg_stat_statements 1.9 and later tell their resets and evictions. 1.8 (PostgreSQL 13) tells neither: there, entries that
 * are gone or began anew are the evidence. An entry that counted past its old value since a reset then looks like one
 * that went on, and its sum is a lower bound: taking it for new would count a lifetime twice where the guess is wrong.
 */
export function lossesOf(now: StatementsInfo, before: StatementsState, entries: readonly Seen[]): Losses {
  if (now.stats_reset !== '') {
    const was_reset = now.stats_reset !== before.stats_reset;
    return { was_reset, has_evictions: BigInt(now.dealloc) > BigInt(before.dealloc) };
  }
  const earlier = Object.keys(before.entries);
  const continued = new Set(entries.filter(({ change }) => !change.is_reset).map(({ key }) => key));
  const lost = earlier.filter((key) => !continued.has(key)).length;
  const was_reset = lost > 0 && lost >= earlier.length * least_share_lost_by_reset;
  return { was_reset, has_evictions: lost > 0 && !was_reset };
}
