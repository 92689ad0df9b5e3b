import type { Cause, CauseKind, Features, Utc, ViewRow } from '@plumbline/contracts';

/** All that may explain one regression: what was collected near its onset. */
export interface CauseFacts {
  readonly query_hash: string;
  /** Tables the query uses, as written. */
  readonly uses: readonly { readonly schema: string; readonly table: string }[];
  readonly onset_after: Utc;
  readonly onset_at: Utc;
  /** Events whose (noticed_after, occurred_at] touches the searched span around the onset. */
  readonly events: readonly ViewRow<'judge_events'>[];
  readonly tables: readonly ViewRow<'judge_tables'>[];
  readonly waits: readonly ViewRow<'judge_waits'>[];
  readonly effect_ratio: number;
  readonly calls_ratio: number;
  readonly rows_per_call_before: number;
  readonly rows_per_call_after: number;
  /** The whole instance over the same window; 1 when it did not change or cannot be told. */
  readonly instance_shift_ratio: number;
  /** Queries of the same tables that run at most half as often since the onset, and the seconds per second they gave up. */
  readonly lost: readonly { readonly query_hash: string; readonly lost_load: number; readonly calls_ratio: number }[];
  /** Calls of the instance's median other query since the onset, as a share of those before. */
  readonly others_calls_ratio: number;
  /** Extra database seconds per second. */
  readonly extra_load: number;
}

/** One file per cause. `is_own`: it explains this query's change even when the whole machine is slow. */
export interface CauseRule {
  readonly kind: CauseKind;
  readonly is_own: boolean;
  explain(facts: CauseFacts): Omit<Cause, 'kind'> | undefined;
}

/** Names are compared as engines fold them: without case; a schema only where the query writes one. */
export function usesTable(facts: CauseFacts, schema: string, table: string): boolean {
  return facts.uses.some(
    (use) =>
      use.table.toLowerCase() === table.toLowerCase() &&
      (use.schema === '' || schema === '' || use.schema.toLowerCase() === schema.toLowerCase()),
  );
}

/** `schema.table` of an event's object name. */
export function usesObject(facts: CauseFacts, object_name: string): boolean {
  const dot = object_name.lastIndexOf('.');
  return usesTable(facts, object_name.slice(0, Math.max(0, dot)), object_name.slice(dot + 1));
}

export function tablesOf(features: string): readonly { readonly schema: string; readonly table: string }[] {
  if (features === '') return [];
  return (JSON.parse(features) as Partial<Features>).tables ?? [];
}

const minute = (at: Utc): string => at.slice(0, 19);

/** "between 10:00:00 and 10:00:10 UTC": as sharply as the collector noticed it. */
export const noticed = (event: ViewRow<'judge_events'>): string =>
  event.noticed_after === event.occurred_at
    ? `at ${minute(event.occurred_at)} UTC`
    : `between ${minute(event.noticed_after)} and ${minute(event.occurred_at)} UTC`;

export const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 1 : 0)} times`;

/** What a cause names when the whole instance is slow and not this query. */
export const neighbours_subject = 'neighbours';
