import type { Regression, RegressionState, ViewRow } from '@plumbline/contracts';
import { fromUtc } from '@plumbline/contracts';

export const judge_actor = 'plumbline';

/** (from_ms, to_ms), ms since 1970. */
export interface TimeSpan {
  readonly from_ms: number;
  readonly to_ms: number;
}

const day_ms = 86_400_000;

/** The whole UTC days that were configured to teach nothing, of one instance. */
export const quietSpans = (
  quiet_days: readonly { readonly day: string; readonly instance_id?: string | undefined }[],
  of_instance: string,
): readonly TimeSpan[] =>
  quiet_days
    .filter(({ instance_id }) => instance_id === undefined || instance_id === of_instance)
    .map(({ day }) => ({ from_ms: Date.parse(day), to_ms: Date.parse(day) + day_ms }));

/** What a query's past regressions say about judging it. */
export interface QueryPast {
  /** While a regression is open its baseline is not learned anew. */
  readonly is_frozen: boolean;
  readonly is_opted_out: boolean;
  /** What a baseline must not learn from. */
  readonly left_out: readonly TimeSpan[];
  /** Points from before it are judged already; ms since 1970. */
  readonly judged_since_ms: number;
  /** Baselines computed before it are of a normal that a person replaced; ms since 1970. */
  readonly renewed_at_ms: number;
}

export const no_past: QueryPast = {
  is_frozen: false,
  is_opted_out: false,
  left_out: [],
  judged_since_ms: 0,
  renewed_at_ms: 0,
};

type Row = ViewRow<'judge_regressions'>;

/**
 * A regression resolved by the judge is a bad time: it is left out. One resolved by a person is the new normal: what
 * came before its onset is left out.
 */
export function pastOf(rows: readonly Row[]): ReadonlyMap<string, QueryPast> {
  const found = new Map<string, QueryPast>();
  const states = new Map<string, RegressionState>();
  for (const row of [...rows].sort((left, right) => left.updated_at.localeCompare(right.updated_at))) {
    states.set(row.query_hash, row.state);
    const past = found.get(row.query_hash) ?? no_past;
    found.set(row.query_hash, row.state === 'resolved' ? withResolved(past, row) : withOpen(past, row.state));
  }
  for (const [query_hash, state] of states) {
    const past = found.get(query_hash) ?? no_past;
    found.set(query_hash, { ...past, is_opted_out: state === 'opted_out' });
  }
  return found;
}

const withOpen = (past: QueryPast, state: RegressionState): QueryPast => ({
  ...past,
  is_frozen: past.is_frozen || state === 'open' || state === 'acknowledged',
});

function withResolved(past: QueryPast, row: Row): QueryPast {
  const resolved_ms = fromUtc(row.resolved_at).getTime();
  const is_judges = row.resolved_by === judge_actor;
  const onset_ms = row.payload === '' ? 0 : fromUtc((JSON.parse(row.payload) as Regression).onset_after).getTime();
  return {
    ...past,
    left_out: [
      ...past.left_out,
      is_judges ? { from_ms: onset_ms, to_ms: resolved_ms } : { from_ms: 0, to_ms: onset_ms },
    ],
    judged_since_ms: Math.max(past.judged_since_ms, resolved_ms),
    renewed_at_ms: is_judges ? past.renewed_at_ms : Math.max(past.renewed_at_ms, resolved_ms),
  };
}
