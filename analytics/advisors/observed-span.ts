import { fromUtc, type Utc } from '@plumbline/contracts';

/** How long the counters of one snapshot row were watched. */
export function observedSeconds(row: { readonly window_start: Utc; readonly window_end: Utc }): number {
  return Math.max(0, (fromUtc(row.window_end).getTime() - fromUtc(row.window_start).getTime()) / 1000);
}
