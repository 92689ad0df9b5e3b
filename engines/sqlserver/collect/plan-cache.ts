import { createHash } from 'node:crypto';
import {
  counters,
  sinceCreation,
  zero_measures,
  type StatementCounters,
  type StatementDelta,
} from '@plumbline/contracts';
import { cacheCounters, changeOf, pack, unpack, type CacheRow, type PackedCounters } from '../normalize.js';
import { parsed, type Fields } from '../fields.js';
import type { Query } from '../source.js';
import { chunks, entries_at_once, handleRows, type Handles } from '../parameter-lists.js';
import { statement, variant } from '../statement.js';
import { instantOfLocal } from './local-time.js';
import type { Reading } from './reading.js';
import { planHashOf } from './store-intervals.js';
import { longest_text_characters, type StatementText } from './texts.js';

/** Empty until it ran; awaited while what it did waits for its text; then the database's id and the text's hash. */
export type CacheIdentity = readonly [] | readonly ['awaited'] | readonly [database_id: number, known_text: string];

export interface CacheState {
  /** The server's clock at the reading, ISO. */
  readonly at: string;
  readonly entries: Readonly<Record<string, readonly [CacheIdentity, PackedCounters]>>;
}

export interface CacheEntry extends Handles {
  readonly key: string;
  readonly native_id: string;
  readonly plan_hash: string;
  readonly now: StatementCounters;
  /** What was told of it; undefined for the baseline. */
  readonly delta: StatementDelta | undefined;
  readonly is_reset: boolean;
  readonly is_late: boolean;
  readonly before: StatementCounters | undefined;
  readonly identity: CacheIdentity;
}

export interface CacheReading {
  readonly entries: readonly CacheEntry[];
  readonly unreadable: number;
  /** Entries of the last reading that are no longer there. */
  readonly gone: number;
  readonly is_flushed: boolean;
}

/** A cache that lost this share of at least that many entries was emptied, not aged. */
const flushed_share = 0.9;
const least_flushed = 20;

/** The counters of every cached statement against those of the last reading. */
export async function readCache(query: Query, before: CacheState | undefined, reading: Reading): Promise<CacheReading> {
  const fields = await query(variant('plan-cache', reading.source.facts, [15]));
  const { rows, unreadable } = parsed(fields, (row) => entryOf(row, before));
  const keys = new Set(rows.map(({ key }) => key));
  const were = Object.keys(before?.entries ?? {});
  const gone = were.filter((key) => !keys.has(key)).length;
  const is_flushed = were.length >= least_flushed && gone >= flushed_share * were.length;
  return { entries: rows, unreadable, gone, is_flushed };
}

function entryOf(row: Fields, before: CacheState | undefined): CacheEntry {
  const [sql_handle, plan_handle] = [row.hex('sql_handle'), row.hex('plan_handle')];
  const [start_offset, end_offset] = [
    row.number('statement_start_offset') ?? 0,
    row.number('statement_end_offset') ?? -1,
  ];
  const created = row.timeOrThrow('creation_time');
  const key = shortKey([sql_handle, plan_handle, start_offset, end_offset, created.toISOString()]);
  const now = cacheCounters(countersOf(row));
  const known = before?.entries[key];
  const created_at = instantOfLocal(created, row.number('local_offset_min') ?? 0);
  const was = known === undefined ? unseen(before, created_at, now) : unpack(known[1]);
  const change = changeOf(now, was);
  return {
    ...{ key, sql_handle, plan_handle, start_offset, end_offset, now, before: was },
    ...{ native_id: row.hex('query_hash'), plan_hash: planHashOf(row.hex('query_plan_hash')) },
    // Any counter that fell: the whole entry was made anew, so all of it is new.
    delta: before === undefined ? undefined : change.kind === 'fallen' ? sinceCreation(now) : change.delta,
    is_reset: change.kind === 'fallen',
    is_late: known?.[0][0] === 'awaited',
    identity: known?.[0] ?? [],
  };
}

/** An entry that the last reading did not have is new if it was compiled since; an older one only sets its baseline. */
function unseen(
  before: CacheState | undefined,
  created_at: Date,
  now: StatementCounters,
): StatementCounters | undefined {
  if (before === undefined) return undefined;
  return created_at.getTime() > Date.parse(before.at) ? nothing_counted : now;
}

const nothing_counted = counters(zero_measures, '');

const countersOf = (row: Fields): CacheRow => ({
  executions: row.count('execution_count'),
  elapsed_time_us: row.count('total_elapsed_time'),
  worker_time_us: row.count('total_worker_time'),
  logical_reads: row.count('total_logical_reads'),
  logical_writes: row.count('total_logical_writes'),
  physical_reads: row.count('total_physical_reads'),
  rows: row.count('total_rows'),
  spills: row.count('total_spills'),
});

const shortKey = (parts: readonly unknown[]): string =>
  createHash('md5').update(JSON.stringify(parts)).digest('base64url').slice(0, 16);

/** Text and database of these entries. One that was evicted meanwhile gives none. */
export async function readCacheTexts(
  query: Query,
  entries: readonly CacheEntry[],
): Promise<(StatementText & { readonly database_id: number })[]> {
  const texts = new Map<string, StatementText & { readonly database_id: number }>();
  for (const chunk of chunks(entries, entries_at_once)) {
    const list = handleRows(chunk);
    const sql = statement('plan-cache-texts.sql').replace('{{entries}}', () => list.text);
    for (const row of await query(sql, list.parameters)) {
      const key = chunk[row.number('entry') ?? -1]?.key;
      const text = row.text('text');
      if (key === undefined) continue;
      texts.set(key, {
        ...{ key, database_id: row.number('database_id') ?? 0, is_cut: text.length > longest_text_characters },
        text: text === '' ? null : text.slice(0, longest_text_characters),
      });
    }
  }
  return [...texts.values()];
}

/** While an entry waits for its text its old counters stay: what it did since is told with the text. */
export const cacheState = (at: Date, entries: readonly (readonly [CacheEntry, CacheIdentity])[]): CacheState => ({
  at: at.toISOString(),
  entries: Object.fromEntries(
    entries.map(([entry, identity]) => [
      entry.key,
      [identity, pack(identity[0] === 'awaited' ? heldCounters(entry) : entry.now)],
    ]),
  ),
});

/** After a reset inside the wait, all that is left is what was counted since. */
const heldCounters = ({ is_reset, before }: CacheEntry): StatementCounters =>
  is_reset || before === undefined ? nothing_counted : before;
