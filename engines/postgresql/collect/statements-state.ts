import type { PackedCounters } from '../normalize.js';

/** `''`: never asked for. `awaited`: a delta waits for it. `own`: a statement of ours. Else the query_hash. */
export type KnownText = string;
export const own_statement = 'own';
export const awaited_text = 'awaited';
export const isKnown = (known: KnownText): boolean => known !== '' && known !== awaited_text;

export interface StatementsState {
  readonly shape: 'postgresql.statements.1';
  readonly at: string;
  /** `pg_stat_statements_info` as text; '' on 13, which has none. */
  readonly stats_reset: string;
  readonly dealloc: string;
  /** Some statements were hidden from the role: one that appears later may be old. */
  readonly is_partial: boolean;
  /** ISO time of the last reading of texts; '' when there was none. */
  readonly texts_at: string;
  readonly texts_cost_ms: number;
  /** By `dbid.userid.toplevel.queryid`. */
  readonly entries: Readonly<Record<string, readonly [KnownText, PackedCounters]>>;
}

export const statements_shape = 'postgresql.statements.1';
