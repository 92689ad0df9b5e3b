import { fromUtc } from '@plumbline/contracts';
import { InvalidArgumentError } from 'commander';

/** For commander: what an option's text may be. */
export function wholeFromOne(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return count;
}

export function timeArgument(text: string): Date {
  try {
    return fromUtc(text.trim());
  } catch {
    throw new InvalidArgumentError('Give a time like 2026-11-21T06:26:50Z; without a zone it is UTC.');
  }
}
