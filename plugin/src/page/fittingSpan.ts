import { utc } from '@plumbline/contracts/time';
import { askView } from '../data/askView';

/** A span that nobody chose: the usual one, or a shorter one with the reason in a sentence. */
export interface UnchosenSpan {
  readonly from: string;
  readonly note: string;
}

export const usual: UnchosenSpan = { from: 'now-6h', note: '' };

interface Shorter {
  readonly minutes: number;
  readonly from: string;
  readonly words: string;
}
/** Longest first. A span is chosen when what lies before it, within the next longer one, is empty. */
const shorter: readonly Shorter[] = [
  { minutes: 180, from: 'now-3h', words: '3 hours' },
  { minutes: 60, from: 'now-1h', words: 'hour' },
  { minutes: 30, from: 'now-30m', words: '30 minutes' },
  { minutes: 15, from: 'now-15m', words: '15 minutes' },
];
const usual_minutes = 360;

/**
 * The span that fits what is stored of `instance_id` ('' for all): young data in six hours of axis looks like no data.
 * One question for a store that has the usual span, one more per step down. Without any data it is the usual one.
 */
export async function fittingSpan(instance_id: string, now_ms: number): Promise<UnchosenSpan> {
  const hasPoints = async (before_minutes: number, after_minutes: number): Promise<boolean> => {
    const from = utc(new Date(now_ms - before_minutes * 60_000));
    const to = utc(new Date(now_ms - after_minutes * 60_000));
    const points = await askView('instance_series', { instance_id, from, to, step_s: usual_minutes * 60 });
    return points.length > 0;
  };
  let fitting = usual;
  let longer_minutes = usual_minutes;
  for (const { minutes, from, words } of shorter) {
    if (await hasPoints(longer_minutes, minutes)) return fitting;
    fitting = { from, note: `Shown: the last ${words}. There is nothing older yet.` };
    longer_minutes = minutes;
  }
  return (await hasPoints(longer_minutes, 0)) ? fitting : usual;
}
