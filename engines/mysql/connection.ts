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
import { waits } from './collect/waits.js';
import { connectSource } from './connect.js';
import { grantProcess, grantStatistics, grantTables } from './grants.js';
import { metered } from './metered-source.js';
import type { MysqlOptions } from './options.js';
import { denied_codes, errorCode, passing_codes } from './source-error.js';
import type { ServerFacts } from './source.js';
import { whatIf } from './what-if.js';

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
export async function openConnection(target: ConnectionTarget, options: MysqlOptions): Promise<EngineConnection> {
  const source = await connectSource(target);
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
    what_if: whatIf(source.facts),
    close: () => source.close(),
  };
}

/** A missing grant and a lock in the way are answers: nothing was read, and the state stays what it was. */
export async function collectAspect(aspect: AspectName, previous: unknown, reading: Reading): Promise<Collected> {
  reading.tools.abort.throwIfAborted();
  const collect = collectors[aspect];
  if (collect === undefined) throw new SourceError('broken', `MySQL has no ${aspect}`, 'Ask for a listed aspect');
  const source = metered(reading.source, reading.tools.limit);
  try {
    return { ...(await collect({ ...reading, source }, previous)), elapsed_ms: source.busy_ms };
  } catch (error) {
    const code = errorCode(error);
    const is_denied = denied_codes.has(code);
    if (!(error instanceof SourceError) || (!is_denied && !passing_codes.has(code))) throw ownFault(error, aspect);
    const now = reading.tools.clock.now();
    const outcome = {
      state: is_denied ? ('denied' as const) : ('degraded' as const),
      message: `${aspect}: ${error.message}`,
      fix: is_denied ? grantFor(aspect, source.facts) : error.fix,
    };
    const nothing = { rows: {}, state: previous ?? null, rows_read: 0, window_start: now, window_end: now };
    return { ...nothing, outcome, elapsed_ms: source.busy_ms };
  }
}

function grantFor(aspect: AspectName, facts: ServerFacts): string {
  if (aspect === 'activity') return grantProcess(facts);
  return aspect === 'schema' ? grantTables(facts) : grantStatistics(facts);
}
