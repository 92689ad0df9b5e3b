import type { PackedBuckets } from '../histogram.js';
import type { PackedCounters } from '../normalize.js';
import type { PreparedState } from './prepared.js';

/** `''`: never asked for. `own`: a statement of ours. Else the query_hash. */
export type KnownText = string;
export const own_statement = 'own';

/** What is kept of one digest: `buckets` is null where no histogram was read. */
export type PackedEntry = readonly [
  known: KnownText,
  counters: PackedCounters,
  least_ps: string,
  most_ps: string,
  buckets: PackedBuckets | null,
];

export interface StatementsState {
  readonly shape: 'mysql.statements.2';
  readonly at: string;
  /** Which server counted: after a failover to another one nothing can be subtracted. */
  readonly server: string;
  /** The row without a digest. */
  readonly overflow: PackedCounters | null;
  /** MariaDB only. */
  readonly prepared?: PreparedState | undefined;
  /** By `digest.schema`. */
  readonly entries: Readonly<Record<string, PackedEntry>>;
}

export const statements_shape = 'mysql.statements.2';
