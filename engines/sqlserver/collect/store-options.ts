import { SourceError } from '@plumbline/contracts';
import { degraded } from '../../shared/outcome.js';
import type { Query, ServerFacts } from '../source.js';
import { quoted, variant } from '../statement.js';
import type { Database } from './databases.js';
import type { Gap } from './outcome.js';

export interface StoreOptions {
  /** 0 OFF, 1 READ_ONLY, 2 READ_WRITE, 3 ERROR, 4 READ_CAPTURE_SECONDARY. */
  readonly actual_state: number;
  readonly readonly_reason: number;
  readonly current_storage_size_mb: bigint;
  readonly max_storage_size_mb: bigint;
  readonly flush_interval_s: number;
  /** 1 ALL, 2 AUTO, 3 NONE, 4 CUSTOM. */
  readonly query_capture_mode: number;
  readonly captures_waits: boolean;
  readonly server_now: Date;
}

export type HistorySource = 'query_store' | 'plan_cache';

/** Where a database's statements are read from, and what is lost by it. */
export interface Judged {
  readonly source: HistorySource;
  readonly gap?: Gap | undefined;
}

export async function readStoreOptions(query: Query, database: Database, facts: ServerFacts): Promise<StoreOptions> {
  const [row] = await query(variant('query-store-options', facts, [14]), {}, database.name);
  if (row === undefined) throw new SourceError('broken', `"${database.name}" has no Query Store options`, 'Report it');
  return {
    actual_state: row.number('actual_state') ?? 0,
    readonly_reason: row.number('readonly_reason') ?? 0,
    current_storage_size_mb: row.whole('current_storage_size_mb'),
    max_storage_size_mb: row.whole('max_storage_size_mb'),
    flush_interval_s: Number(row.whole('flush_interval_seconds')),
    query_capture_mode: row.number('query_capture_mode') ?? 1,
    captures_waits: row.number('wait_stats_capture_mode') === 1,
    server_now: row.timeOrThrow('server_now'),
  };
}

const states: Readonly<Record<number, string>> = { 0: 'OFF', 1: 'READ_ONLY', 3: 'ERROR', 4: 'READ_CAPTURE_SECONDARY' };
const until_then = 'its statements are read from the plan cache, which forgets';

/** Why Query Store is READ_ONLY, by the bits of readonly_reason. */
const reasons = {
  database_is_read_only: 1,
  single_user: 2,
  emergency: 4,
  secondary: 8,
  size_limit: 65_536,
  statements_memory: 131_072,
  unwritten_memory: 262_144,
  disk_limit: 524_288,
} as const;

export function judgeStore(options: StoreOptions, { name }: Database, facts: ServerFacts): Judged {
  const { actual_state, query_capture_mode } = options;
  if (actual_state === 2 && query_capture_mode !== 3) return { source: 'query_store' };
  if (actual_state === 2) {
    const fix = `ALTER DATABASE ${quoted(name)} SET QUERY_STORE (QUERY_CAPTURE_MODE = AUTO)`;
    return {
      source: 'query_store',
      gap: degraded(`Query Store of "${name}" captures no new queries (capture mode NONE)`, fix),
    };
  }
  const told = mendOf(options, name, facts);
  if (told === undefined) return { source: 'plan_cache' };
  const state = states[actual_state] ?? `in state ${actual_state}`;
  return {
    source: 'plan_cache',
    gap: degraded(`Query Store of "${name}" is ${state}${told.why}; ${until_then}`, told.fix),
  };
}

interface Mend {
  readonly why: string;
  readonly fix: string;
}

/** Undefined where nothing is to be mended: a secondary or a read-only database can have no history of its own. */
function mendOf(options: StoreOptions, name: string, facts: ServerFacts): Mend | undefined {
  const database = quoted(name);
  switch (options.actual_state) {
    case 0: {
      const waits = facts.major >= 14 ? ', WAIT_STATS_CAPTURE_MODE = ON' : '';
      const fix = `ALTER DATABASE ${database} SET QUERY_STORE = ON (OPERATION_MODE = READ_WRITE, QUERY_CAPTURE_MODE = AUTO, MAX_STORAGE_SIZE_MB = 1000${waits})`;
      return { why: '', fix };
    }
    case 1:
      return readOnlyMend(options, database);
    case 3: {
      const repair = facts.major >= 14 ? `EXEC ${database}.sys.sp_query_store_consistency_check` : clearOf(database);
      return {
        why: ' (it found its own data damaged)',
        fix: `ALTER DATABASE ${database} SET QUERY_STORE = OFF; ${repair}; ALTER DATABASE ${database} SET QUERY_STORE = ON`,
      };
    }
    default:
      return undefined;
  }
}

const clearOf = (database: string): string => `ALTER DATABASE ${database} SET QUERY_STORE CLEAR`;

function readOnlyMend(options: StoreOptions, database: string): Mend | undefined {
  const has = (bit: number): boolean => (options.readonly_reason & bit) !== 0;
  const read_write = `ALTER DATABASE ${database} SET QUERY_STORE (OPERATION_MODE = READ_WRITE)`;
  if (has(reasons.secondary) || has(reasons.database_is_read_only)) return undefined;
  if (has(reasons.size_limit)) {
    const larger_mb = options.max_storage_size_mb * 2n;
    return {
      why: `: it is full (${options.current_storage_size_mb} of ${options.max_storage_size_mb} MB)`,
      fix: `ALTER DATABASE ${database} SET QUERY_STORE (OPERATION_MODE = READ_WRITE, MAX_STORAGE_SIZE_MB = ${larger_mb}, SIZE_BASED_CLEANUP_MODE = AUTO, QUERY_CAPTURE_MODE = AUTO)`,
    };
  }
  if (has(reasons.disk_limit)) {
    return { why: ': the database has reached its size limit', fix: `Free or add space, then ${read_write}` };
  }
  if (has(reasons.statements_memory) || has(reasons.unwritten_memory)) {
    return {
      why: ': it holds too many different statements in memory',
      fix: `ALTER DATABASE ${database} SET QUERY_STORE (QUERY_CAPTURE_MODE = AUTO); ${read_write}; and parameterize statements that differ only by literals`,
    };
  }
  if (has(reasons.single_user)) return { why: ': single-user mode', fix: `ALTER DATABASE ${database} SET MULTI_USER` };
  if (has(reasons.emergency)) return { why: ': emergency mode', fix: `ALTER DATABASE ${database} SET ONLINE` };
  return { why: ': it was set so', fix: read_write };
}
