import { utc, type InstanceEventRow } from '@plumbline/contracts';
import { SourceError } from '@plumbline/contracts';
import type { Query } from '../source.js';
import { statement } from '../statement.js';
import { instantOfLocal } from './local-time.js';

export interface ServerLife {
  /** ISO. */
  readonly started_at: string;
  readonly version: string;
}

/** The offset of a day with another daylight saving moves the computed start by an hour without a restart. */
const same_start_ms = 2 * 3_600_000 + 60_000;

export async function readLife(query: Query): Promise<ServerLife> {
  const [row] = await query(statement('server-life.sql'));
  if (row === undefined) throw new SourceError('broken', 'the server does not tell its start', 'Report it');
  const started = instantOfLocal(row.timeOrThrow('sqlserver_start_time'), row.number('local_offset_min') ?? 0);
  return { started_at: started.toISOString(), version: row.text('server_version') };
}

type LifeEvent = Pick<InstanceEventRow, 'kind' | 'occurred_at' | 'subject' | 'before' | 'after'>;

/** What became of the server between two readings. A restart empties the plan cache and every counter. */
export function lifeEvents(before: ServerLife, now: ServerLife, window: { readonly start: Date; readonly end: Date }) {
  const events: LifeEvent[] = [];
  const at = new Date(Math.min(Date.parse(now.started_at), window.end.getTime()));
  if (now.version !== before.version) {
    const told = { kind: 'version_changed', subject: '', before: before.version, after: now.version } as const;
    events.push({ occurred_at: utc(at), ...told });
  }
  if (hasRestarted(before, now, window.start)) {
    const told = { kind: 'restart', subject: '', before: before.started_at, after: now.started_at } as const;
    events.push({ occurred_at: utc(at), ...told });
  }
  return events;
}

/** The start moved, and not only by the change to or from daylight saving time. */
function hasRestarted(before: ServerLife, now: ServerLife, since: Date): boolean {
  if (now.started_at === before.started_at) return false;
  const [was, is] = [Date.parse(before.started_at), Date.parse(now.started_at)];
  const is_clock_change = Math.abs(is - was) <= same_start_ms && (is - was) % 900_000 === 0 && is < since.getTime();
  return !is_clock_change;
}
