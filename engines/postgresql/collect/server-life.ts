import { utc, type InstanceEventRow } from '@plumbline/contracts';
import { serverTime } from '../source.js';

export interface ServerLife {
  readonly started_at: string;
  readonly wal_reset: string;
  readonly writer_reset: string;
  readonly version: string;
}

type LifeEvent = Pick<InstanceEventRow, 'kind' | 'occurred_at' | 'subject' | 'before' | 'after'>;

/** A crash discards all cumulative statistics within this long; a person resets one view at a time. */
const same_moment_ms = 1_000;

/** What became of the server between two readings. A clean restart keeps the counters; a crash does not. */
export function lifeEvents(before: ServerLife, now: ServerLife, window_end: Date): LifeEvent[] {
  const events: LifeEvent[] = [];
  const told = (kind: LifeEvent['kind'], when: string, subject: string, was: string, is: string): void => {
    const at = serverTime(when);
    const occurred_at = utc(Number.isNaN(at) ? window_end : new Date(Math.min(at, window_end.getTime())));
    events.push({ kind, occurred_at, subject, before: was, after: is });
  };
  if (now.version !== before.version) told('version_changed', now.started_at, '', before.version, now.version);
  if (now.started_at !== before.started_at) told('restart', now.started_at, '', before.started_at, now.started_at);
  const wal_moved = now.wal_reset !== before.wal_reset;
  const writer_moved = now.writer_reset !== before.writer_reset;
  const apart_ms = Math.abs(serverTime(now.wal_reset) - serverTime(now.writer_reset));
  if (wal_moved && writer_moved && apart_ms <= same_moment_ms) {
    told('crash', now.wal_reset, '', before.wal_reset, now.wal_reset);
    return events;
  }
  if (wal_moved) told('counter_reset', now.wal_reset, 'pg_stat_wal', before.wal_reset, now.wal_reset);
  if (writer_moved) told('counter_reset', now.writer_reset, 'pg_stat_bgwriter', before.writer_reset, now.writer_reset);
  return events;
}
