import {
  counters,
  sinceCreation,
  subtract,
  type StatementCounters,
  type StatementDelta,
  type StatementMeasures,
} from '@plumbline/contracts';
import type { Fields } from './fields.js';

/** One row of events_statements_summary_by_digest as collect/statements*.sql gives it. */
export interface RawStatement {
  /** The session's default schema, not the table's; '' when it had none. */
  readonly schema_name: string;
  /** '' is the row of all statements that found no place of their own. */
  readonly digest: string;
  /** When this row was made: it changes at TRUNCATE and at a restart of the server. */
  readonly first_seen: string;
  readonly calls: bigint;
  readonly timer_ps: bigint;
  readonly least_ps: bigint;
  readonly most_ps: bigint;
  readonly lock_ps: bigint;
  readonly cpu_ps: bigint;
  readonly errors: bigint;
  readonly rows_affected: bigint;
  readonly rows_sent: bigint;
  readonly rows_examined: bigint;
}

export const rawStatement = (row: Fields): RawStatement => ({
  schema_name: row.text('schema_name'),
  digest: row.text('digest'),
  first_seen: row.text('first_seen'),
  calls: row.whole('calls'),
  timer_ps: row.whole('timer_ps'),
  least_ps: row.whole('least_ps'),
  most_ps: row.whole('most_ps'),
  lock_ps: row.whole('lock_ps'),
  cpu_ps: row.whole('cpu_ps'),
  errors: row.whole('errors'),
  rows_affected: row.whole('rows_affected'),
  rows_sent: row.whole('rows_sent'),
  rows_examined: row.whole('rows_examined'),
});

const ps_per_us = 1_000_000n;

/** Cumulative picoseconds are made whole µs before they are subtracted: cut ends telescope, cut differences do not. */
export const microseconds = (ps: bigint): bigint => ps / ps_per_us;

/** Sent and affected rows together are what a statement returned, as PostgreSQL counts it. */
export const toCounters = (raw: RawStatement): StatementCounters =>
  counters(
    {
      calls: raw.calls,
      errors: raw.errors,
      total_time_us: microseconds(raw.timer_ps),
      cpu_time_us: microseconds(raw.cpu_ps),
      lock_time_us: microseconds(raw.lock_ps),
      rows_returned: raw.rows_sent + raw.rows_affected,
      rows_examined: raw.rows_examined,
    },
    raw.first_seen,
  );

export interface Change {
  readonly delta: StatementDelta;
  readonly is_reset: boolean;
}

/** What happened since `before`; all of `now` when the entry is new or was made anew in between. */
export function changeOf(now: StatementCounters, before: StatementCounters | undefined): Change {
  if (before === undefined) return { delta: sinceCreation(now), is_reset: false };
  const delta = subtract(now, before);
  return delta === undefined ? { delta: sinceCreation(now), is_reset: true } : { delta, is_reset: false };
}

/** The shortest and longest run since the entry was made, in picoseconds. */
export type Extremes = Pick<RawStatement, 'least_ps' | 'most_ps'>;

/**
 * The shortest and longest run of the window, where the server's lifetime values prove them: those of a new entry, and
 * a record that was broken in the window. Else nobody knows, and null says so.
 */
export function windowExtremes(now: Extremes, before: Extremes | undefined, is_reset: boolean) {
  const time_us = (ps: bigint): number => Number(ps) / Number(ps_per_us);
  const is_new = before === undefined;
  const is_least = !is_reset && (is_new || now.least_ps < before.least_ps);
  const is_most = !is_reset && (is_new || now.most_ps > before.most_ps);
  return {
    min_time_us: is_least ? time_us(now.least_ps) : null,
    max_time_us: is_most ? time_us(now.most_ps) : null,
  };
}

/** The whole-number measures that this engine gives, in a fixed order: the compact form of the state. */
const packed_names = [
  'calls',
  'total_time_us',
  'rows_returned',
  'rows_examined',
  'lock_time_us',
  'cpu_time_us',
  'errors',
] as const satisfies readonly (keyof StatementMeasures)[];

/** Counters as JSON: when the entry was made, and whole numbers as one text with closing zeros left out. */
export type PackedCounters = readonly [first_seen: string, whole: string];

export function pack(now: StatementCounters): PackedCounters {
  const whole = packed_names.map((name) => now[name].toString()).join(' ');
  return [now.epoch, whole.replace(/( 0)+$/, '')];
}

export function unpack([first_seen, whole]: PackedCounters): StatementCounters {
  const values = whole.split(' ');
  const measures = Object.fromEntries(packed_names.map((name, place) => [name, BigInt(values[place] ?? '0')]));
  return counters(measures, first_seen);
}
