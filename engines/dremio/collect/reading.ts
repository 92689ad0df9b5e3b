import type { CollectAspectOf, ReadingOf } from '../../shared/reading.js';
import type { Source } from '../source.js';

export type Reading = ReadingOf<Source>;

export type CollectAspect = CollectAspectOf<Reading>;

/** Dremio Cloud bills every statement: a reading that comes sooner than the instance allows asks nothing. */
export function isResting(reading: Reading, previous_at: string | undefined): boolean {
  const { facts, options } = reading.source;
  if (facts.edition.id !== 'cloud' || previous_at === undefined) return false;
  return reading.tools.clock.now().getTime() - Date.parse(previous_at) < options.cloud_interval_s * 1_000;
}
