import type { AspectName, AspectOutcome, Collected, ConnectionTarget, EngineConnection } from '@plumbline/contracts';
import { SourceError } from '@plumbline/contracts';
import { ownFault } from '../shared/own-fault.js';
import { checkup } from './checkup.js';
import type { CollectAspect, Reading } from './collect/reading.js';
import { metrics } from './collect/metrics.js';
import { plans } from './collect/plans.js';
import { reflections } from './collect/reflections.js';
import { runs } from './collect/runs.js';
import { schema } from './collect/schema.js';
import { settings } from './collect/settings.js';
import { tables } from './collect/tables.js';
import { connectSource } from './connect.js';
import type { DremioOptions } from './options.js';
import { DremioError } from './source-error.js';
import { what_if } from './what-if.js';

const collectors: Readonly<Partial<Record<AspectName, CollectAspect>>> = {
  runs,
  plans,
  reflections,
  tables,
  schema,
  settings,
  metrics,
};

/** Throws SourceError. */
export async function openConnection(target: ConnectionTarget, options: DremioOptions): Promise<EngineConnection> {
  const source = await connectSource(target, options);
  return {
    server_version: source.facts.server_version,
    collect: (aspect, previous_state, tools) =>
      collectAspect(aspect, previous_state, { instance_id: target.instance_id, source, tools }),
    checkup: () => checkup(source),
    what_if,
    close: () => source.close(),
  };
}

/** A missing grant and a canceled job are answers: nothing was read, and the state stays what it was. */
async function collectAspect(aspect: AspectName, previous: unknown, reading: Reading): Promise<Collected> {
  const collect = collectors[aspect];
  if (collect === undefined) throw new SourceError('broken', `Dremio has no ${aspect}`, 'Ask for a listed aspect');
  try {
    reading.tools.abort.throwIfAborted();
    return await collect(reading, previous);
  } catch (error) {
    const outcome = error instanceof DremioError ? givingWay(error) : undefined;
    if (outcome === undefined) throw explained(error, aspect);
    const now = reading.tools.clock.now();
    return { rows: {}, state: previous ?? null, outcome, rows_read: 0, window_start: now, window_end: now };
  }
}

const states: Readonly<Partial<Record<DremioError['reason'], AspectOutcome['state']>>> = {
  denied: 'denied',
  missing: 'unsupported',
  rate: 'degraded',
  canceled: 'degraded',
};

function givingWay(error: DremioError): AspectOutcome | undefined {
  const state = states[error.reason];
  return state === undefined ? undefined : { state, message: error.message, fix: error.fix };
}

function explained(error: unknown, aspect: AspectName): SourceError {
  if (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name))
    return new SourceError('timeout', `reading ${aspect} was given up`, 'Raise budget_ms of this aspect');
  return ownFault(error, aspect);
}
