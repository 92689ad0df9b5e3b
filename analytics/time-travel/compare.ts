import type { JudgedEvent } from './judged-events.js';
import { titleOf, toldBy } from './judged-events.js';

/**
 * missing: judged then, not again. found: judged now, not then. severity and time: the same finding, but as heavy, or at
 * another moment. details: judged alike, with other figures.
 */
export type DifferenceKind = 'missing' | 'found' | 'severity' | 'time' | 'details';

export interface Difference {
  readonly kind: DifferenceKind;
  readonly event: JudgedEvent;
  /** What is different, as "then → now". */
  readonly change: string;
}

/** Events of one finding of one kind belong together in order: the first opening to the first, and so on. */
export function differences(then: readonly JudgedEvent[], now: readonly JudgedEvent[]): readonly Difference[] {
  const [before, after] = [byFinding(then), byFinding(now)];
  const found: Difference[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [left, right] = [before.get(key) ?? [], after.get(key) ?? []];
    for (let at = 0; at < Math.max(left.length, right.length); at++) {
      const difference = between(left[at], right[at]);
      if (difference !== undefined) found.push(difference);
    }
  }
  return found.sort((left, right) => left.event.occurred_at.localeCompare(right.event.occurred_at));
}

function byFinding(events: readonly JudgedEvent[]): ReadonlyMap<string, readonly JudgedEvent[]> {
  const groups = new Map<string, JudgedEvent[]>();
  for (const event of events) {
    const key = `${event.of} ${event.id} ${event.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return groups;
}

function between(then: JudgedEvent | undefined, now: JudgedEvent | undefined): Difference | undefined {
  if (then === undefined) return now && { kind: 'found', event: now, change: titleOf(now) };
  if (now === undefined) return { kind: 'missing', event: then, change: titleOf(then) };
  const [told, tells] = [toldBy(then), toldBy(now)];
  if (told.severity !== tells.severity)
    return { kind: 'severity', event: now, change: `${told.severity ?? ''} → ${tells.severity ?? ''}` };
  if (then.occurred_at !== now.occurred_at)
    return { kind: 'time', event: now, change: `${then.occurred_at} → ${now.occurred_at}` };
  const path = isProven(then) ? undefined : unlike(told, tells, '');
  return path === undefined ? undefined : { kind: 'details', event: now, change: path };
}

/** What a planner proved then cannot be proven again: its figures are not comparable. */
const isProven = (event: JudgedEvent): boolean => toldBy(event).proof === 'what_if';

/** Sums of doubles depend on the order in which an engine's threads add them. */
const least_ratio = 1e-9;

/** The first place at which two values differ, as "path: then → now". */
function unlike(then: unknown, now: unknown, path: string): string | undefined {
  if (typeof then === 'number' && typeof now === 'number') {
    const is_alike = Math.abs(then - now) <= least_ratio * Math.max(Math.abs(then), Math.abs(now));
    return is_alike ? undefined : `${path}: ${then} → ${now}`;
  }
  if (typeof then !== 'object' || typeof now !== 'object' || then === null || now === null)
    return then === now ? undefined : `${path}: ${String(then)} → ${String(now)}`;
  const [left, right] = [then as Record<string, unknown>, now as Record<string, unknown>];
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const found = unlike(left[name], right[name], path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
