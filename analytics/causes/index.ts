import type { Cause, CauseKind } from '@plumbline/contracts';
import calls_grew from './calls-grew.js';
import { neighbours_subject } from './cause.js';
import type { CauseFacts, CauseRule } from './cause.js';
import cost_shifted from './cost-shifted.js';
import index_dropped from './index-dropped.js';
import plan_changed from './plan-changed.js';
import rows_per_call_grew from './rows-per-call-grew.js';
import setting_changed from './setting-changed.js';
import statistics_stale from './statistics-stale.js';
import table_bloated from './table-bloated.js';
import table_changed from './table-changed.js';
import table_grew from './table-grew.js';
import waits_grew from './waits-grew.js';

/**
 * From the most direct to the least: the first that explains it is named. A plan changes because something else did, so it
 * is named when nothing else is known, and told beside what is.
 */
export const cause_rules: readonly CauseRule[] = [
  index_dropped,
  setting_changed,
  table_bloated,
  statistics_stale,
  table_grew,
  plan_changed,
  table_changed,
  cost_shifted,
  rows_per_call_grew,
  calls_grew,
  waits_grew,
];

export const unknown_cause: Cause = {
  kind: 'unknown',
  sentence: 'Nothing that was collected near the onset explains it.',
  object_name: '',
  subject: '',
  occurred_at: null,
};

const planToo = (facts: CauseFacts): string => plan_changed.explain(facts)?.sentence ?? '';

export function nameCause(facts: CauseFacts): Cause {
  for (const rule of cause_rules) {
    const found = rule.explain(facts);
    if (found === undefined) continue;
    const sentence = [found.sentence, rule === plan_changed ? '' : planToo(facts)].filter(Boolean).join(' ');
    return { kind: rule.kind, ...found, sentence };
  }
  return unknown_cause;
}

/** 0 is the most direct. */
export function directness(kind: CauseKind): number {
  const place = cause_rules.findIndex((rule) => rule.kind === kind);
  return place === -1 ? cause_rules.length : place;
}

export const isOwnCause = (kind: CauseKind): boolean => cause_rules.some((rule) => rule.kind === kind && rule.is_own);

export const isNeighbours = ({ kind, subject }: Cause): boolean =>
  kind === 'waits_grew' && subject === neighbours_subject;
