import type { AspectName, Collected, ConnectionTarget, EngineConnection } from '@plumbline/contracts';
import { SourceError } from '@plumbline/contracts';
import { ownFault } from '../shared/own-fault.js';
import { checkup } from './checkup.js';
import { activity } from './collect/activity.js';
import { indexes } from './collect/indexes.js';
import { metrics } from './collect/metrics.js';
import { plans } from './collect/plans.js';
import type { CollectAspect, Reading } from './collect/reading.js';
import { schema } from './collect/schema.js';
import { settings } from './collect/settings.js';
import { statements } from './collect/statements.js';
import { tables } from './collect/tables.js';
import { connectSource } from './connect.js';
import { metered } from './metered-source.js';
import type { PostgresqlOptions } from './options.js';
import { PostgresqlError } from './source-error.js';
import { whatIf } from './what-if.js';

const collectors: Readonly<Partial<Record<AspectName, CollectAspect>>> = {
  statements,
  activity,
  metrics,
  settings,
  tables,
  indexes,
  schema,
  plans,
};

/** Throws SourceError. */
export async function openConnection(target: ConnectionTarget, options: PostgresqlOptions): Promise<EngineConnection> {
  const source = await connectSource(target);
  const what_if = await whatIf(source).catch(async (error: unknown) => {
    // Left open it would count against the role's connection limit at the next attempt.
    await source.close();
    throw error;
  });
  return {
    get server_version() {
      return source.facts.server_version;
    },
    get started_at() {
      return source.facts.started_at;
    },
    collect: (aspect, previous_state, tools) =>
      collectAspect(aspect, previous_state, { instance_id: target.instance_id, source, tools, options }),
    checkup: () => checkup(source),
    what_if,
    close: () => source.close(),
  };
}

/** A missing grant and a lock in the way are answers: nothing was read, and the state stays what it was. */
async function collectAspect(aspect: AspectName, previous: unknown, reading: Reading): Promise<Collected> {
  reading.tools.abort.throwIfAborted();
  const collect = collectors[aspect];
  if (collect === undefined) throw new SourceError('broken', `PostgreSQL has no ${aspect}`, 'Ask for a listed aspect');
  const source = metered(reading.source, reading.tools.limit);
  try {
    return { ...(await collect({ ...reading, source }, previous)), elapsed_ms: source.busy_ms };
  } catch (error) {
    if (!(error instanceof PostgresqlError)) throw ownFault(error, aspect);
    const state = giving_way[error.sqlstate];
    if (state === undefined) throw error;
    const now = reading.tools.clock.now();
    const outcome = { state, message: `${aspect}: ${error.message}`, fix: error.fix };
    const nothing = { rows: {}, state: previous ?? null, rows_read: 0, window_start: now, window_end: now };
    return { ...nothing, outcome, elapsed_ms: source.busy_ms };
  }
}

const giving_way: Readonly<Record<string, 'denied' | 'degraded'>> = {
  '42501': 'denied',
  '55P03': 'degraded',
  '57014': 'degraded',
};
