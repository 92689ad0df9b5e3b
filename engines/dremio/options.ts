import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import { setTimeout as sleep } from 'node:timers/promises';

/** Time as a value, so that tests of back-off, rate limits and slow jobs take none. */
export interface Pace {
  now_ms(): number;
  wait(ms: number, abort: AbortSignal): Promise<void>;
}

export const real_pace: Pace = {
  now_ms: () => performance.now(),
  wait: (ms, abort) => sleep(ms, undefined, { signal: abort }),
};

/** How the engine asks; the defaults are for production. The first four may stand in an instance's `options`. */
export interface DremioOptions {
  /** Dremio's engine that our SQL runs on (Cloud bills it; on-premises a queue rule may route by it); '' for the default. */
  readonly sql_engine: string;
  /** Cloud only: the least time between two readings of an aspect, because each is a billed job and may wake an engine. */
  readonly cloud_interval_s: number;
  /** How far back the very first reading reaches. Above 0 only for an instance that the store has never held. */
  readonly backfill_h: number;
  /** Profiles fetched in one reading: 50 kB to 100 MB each. */
  readonly profiles_per_reading: number;
  /** Hosts under these are Dremio Cloud, every other one is Dremio Software. */
  readonly cloud_domains: readonly string[];
  /** Rows of history asked for in one statement, and read in one reading. */
  readonly rows_per_statement: number;
  readonly rows_per_reading: number;
  /** Rows per page of a result: Dremio refuses more than 500. */
  readonly rows_per_page: number;
  /** Ids remembered for the overlap; beyond, the overlap gets shorter and the status says so. */
  readonly most_remembered_runs: number;
  /** Tables whose files are counted in one reading. */
  readonly tables_per_reading: number;
  /** A job that has not ended by then is canceled: an engine of Dremio Cloud takes minutes to start. */
  readonly job_timeout_ms: number;
  readonly pace: Pace;
}

export const default_options: DremioOptions = {
  sql_engine: '',
  cloud_interval_s: 3_600,
  backfill_h: 0,
  profiles_per_reading: 5,
  cloud_domains: ['dremio.cloud'],
  rows_per_statement: 5_000,
  rows_per_reading: 20_000,
  rows_per_page: 500,
  most_remembered_runs: 50_000,
  tables_per_reading: 20,
  job_timeout_ms: 240_000,
  pace: real_pace,
};

const configurable = {
  sql_engine: (value: unknown) => typeof value === 'string',
  cloud_interval_s: (value: unknown) => isBetween(value, 60, 86_400),
  backfill_h: (value: unknown) => isBetween(value, 0, 720),
  profiles_per_reading: (value: unknown) => isBetween(value, 0, 50),
};

const isBetween = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && value >= least && value <= most;

/** Throws SourceError naming the option that is unknown or out of range. */
export function withOptionsOf(target: ConnectionTarget, options: DremioOptions): DremioOptions {
  for (const [name, value] of Object.entries(target.options ?? {})) {
    const isValid = configurable[name as keyof typeof configurable] as ((value: unknown) => boolean) | undefined;
    if (isValid?.(value) === true) continue;
    const what = isValid === undefined ? 'is not known' : 'is out of range';
    throw new SourceError(
      'unsupported',
      `the option "${name.slice(0, 40)}" of this instance ${what}`,
      'Use sql_engine (text), cloud_interval_s (60 to 86400), backfill_h (0 to 720), profiles_per_reading (0 to 50)',
    );
  }
  return { ...options, ...target.options };
}
