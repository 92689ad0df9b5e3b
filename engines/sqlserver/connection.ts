import { SourceError, type AspectName, type Collected, type ConnectionTarget } from '@plumbline/contracts';
import type { EngineConnection } from '@plumbline/contracts';
import { ownFault } from '../shared/own-fault.js';
import { checkup } from './checkup.js';
import { activity } from './collect/activity.js';
import { indexes } from './collect/indexes.js';
import { metrics } from './collect/metrics.js';
import { plans } from './collect/plans.js';
import type { CollectAspect, Reading } from './collect/reading.js';
import { readLife } from './collect/server-life.js';
import { schema } from './collect/schema.js';
import { settings } from './collect/settings.js';
import { statements } from './collect/statements.js';
import { tables } from './collect/tables.js';
import { waits } from './collect/waits.js';
import type { OpenSession } from './driver.js';
import { serverStateGrant } from './grants.js';
import { metered } from './metered-source.js';
import type { SqlServerOptions } from './options.js';
import { lock_timeout_number, permission_numbers, SqlServerError } from './source-error.js';
import { openSource } from './source.js';
import { no_what_if } from './what-if.js';

const collectors: Readonly<Partial<Record<AspectName, CollectAspect>>> = {
  statements,
  activity,
  waits,
  metrics,
  settings,
  tables,
  indexes,
  schema,
  plans,
};

/** Throws SourceError. */
export async function openConnection(
  target: ConnectionTarget,
  options: SqlServerOptions,
  open: OpenSession,
): Promise<EngineConnection> {
  const source = await openSource(target, open);
  // Without VIEW SERVER STATE the start stays unknown; the metrics aspect says which grant is missing.
  const life = await source.read('fast', readLife).catch(() => undefined);
  source.life.started_at = life && new Date(life.started_at);
  return {
    server_version: source.facts.server_version,
    get started_at() {
      return source.life.started_at;
    },
    collect: (aspect, previous_state, tools) =>
      collectAspect(aspect, previous_state, { instance_id: target.instance_id, source, tools, options }),
    checkup: () => checkup(source),
    what_if: no_what_if,
    close: () => source.close(),
  };
}

/** A missing grant and a lock in the way are answers: nothing was read, and the state stays what it was. */
async function collectAspect(aspect: AspectName, previous: unknown, reading: Reading): Promise<Collected> {
  reading.tools.abort.throwIfAborted();
  const collect = collectors[aspect];
  if (collect === undefined) throw new SourceError('broken', `SQL Server has no ${aspect}`, 'Ask for a listed aspect');
  const source = metered(reading.source, reading.tools.limit);
  try {
    return { ...(await collect({ ...reading, source }, previous)), elapsed_ms: source.busy_ms };
  } catch (error) {
    if (!(error instanceof SqlServerError)) throw ownFault(error, aspect);
    const state = givingWay(error.number);
    if (state === undefined) throw error;
    const now = reading.tools.clock.now();
    const fix = state === 'denied' ? serverStateGrant(reading.source.facts) : error.fix;
    const outcome = { state, message: `${aspect}: ${error.message}`, fix };
    const nothing = { rows: {}, state: previous ?? null, rows_read: 0, window_start: now, window_end: now };
    return { ...nothing, outcome, elapsed_ms: source.busy_ms };
  }
}

function givingWay(number: number): 'denied' | 'degraded' | undefined {
  if (permission_numbers.has(number)) return 'denied';
  return number === lock_timeout_number ? 'degraded' : undefined;
}
