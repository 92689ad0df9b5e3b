import { utc, type InstanceEventRow } from '@plumbline/contracts';

export interface ServerLife {
  /** ms since 1970, from the server's own count of seconds: it wavers by one. */
  readonly started_ms: number;
  /** The same for the last FLUSH STATUS; equal to the start when there was none. */
  readonly flushed_ms: number;
  readonly version: string;
}

type LifeEvent = Pick<InstanceEventRow, 'kind' | 'occurred_at' | 'subject' | 'before' | 'after'>;

const waver_ms = 3_000;

/** What became of the server between two readings. A restart empties everything that performance_schema counted. */
export function lifeEvents(before: ServerLife, now: ServerLife, window_end: Date): LifeEvent[] {
  const at = (ms: number) => utc(new Date(Math.min(ms, window_end.getTime())));
  const occurred_at = at(now.started_ms);
  const events: LifeEvent[] = [];
  if (now.version !== before.version) {
    events.push({ kind: 'version_changed', occurred_at, subject: '', before: before.version, after: now.version });
  }
  if (now.started_ms - before.started_ms > waver_ms) {
    const times = { before: at(before.started_ms), after: occurred_at };
    events.push({ kind: 'restart', occurred_at, subject: '', ...times });
  } else if (now.flushed_ms - before.flushed_ms > waver_ms) {
    const times = { before: at(before.flushed_ms), after: at(now.flushed_ms) };
    events.push({ kind: 'counter_reset', occurred_at: at(now.flushed_ms), subject: 'global_status', ...times });
  }
  return events;
}
