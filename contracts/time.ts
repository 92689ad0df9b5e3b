/**
 * Time as it crosses borders: UTC with milliseconds, in the one form that ClickHouse's DateTime64(3, 'UTC'), JSON and
 * a person all read: `2026-11-21 06:26:50.123`.
 */
export type Utc = string & { readonly utc: unique symbol };

export const utc = (at: Date): Utc => at.toISOString().replace('T', ' ').replace('Z', '') as Utc;

/** Reads `Utc` or ISO text. Throws on anything else, because a wrong time would date a regression wrongly. */
export function fromUtc(text: string): Date {
  const at = new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  if (Number.isNaN(at.getTime())) throw new Error(`"${text}" is not a UTC time like 2026-11-21 06:26:50.123`);
  return at;
}

/** The clock is a value so that tests and replays set the time. */
export interface Clock {
  now(): Date;
}

export const system_clock: Clock = { now: () => new Date() };

export interface Window {
  readonly window_start: Utc;
  readonly window_end: Utc;
}
