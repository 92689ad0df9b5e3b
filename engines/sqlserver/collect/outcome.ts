import { aspect_ok, type AspectOutcome } from '@plumbline/contracts';
import { degraded } from '../../shared/outcome.js';

/** One thing that is missing, of one database or of all. */
export type Gap = AspectOutcome;

const most_told = 5;

/** All gaps as one outcome: denied over degraded; the first ones in words, the others by number. */
export function outcomeOf(gaps: readonly Gap[]): AspectOutcome {
  const open = gaps.filter(({ state }) => state !== 'ok');
  if (open.length === 0) return aspect_ok;
  const more = open.length > most_told ? [`and ${open.length - most_told} more`] : [];
  const told = open.slice(0, most_told);
  return {
    state: open.some(({ state }) => state === 'denied') ? 'denied' : 'degraded',
    message: [...told.map(({ message }) => message), ...more].join('; '),
    fix: [...new Set(told.map(({ fix }) => fix))].join('; '),
  };
}

export const unreadableGap = (what: string, rows: number): readonly Gap[] =>
  rows === 0
    ? []
    : [degraded(`${rows} rows of ${what} hold what the documentation rules out`, 'Report it with the server version')];
