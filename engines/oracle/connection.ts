import {
  SourceError,
  type AspectName,
  type AspectOutcome,
  type Collected,
  type ConnectionTarget,
  type EngineConnection,
} from '@plumbline/contracts';
import { files_of } from './aspects.js';
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
import { viewsOf } from './fitted.js';
import type { LoadDriver } from './driver.js';
import { historyOf, needsDiagnosticsPack, packDenied, type History } from './licence.js';
import type { OracleOptions } from './options.js';
import { OracleError } from './source-error.js';
import { statement } from './source.js';
import { what_if } from './what-if.js';

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
  options: OracleOptions,
  load: LoadDriver,
): Promise<EngineConnection> {
  const source = await connectSource(target, options, load);
  const denied = packDenied(source.facts, options);
  const history = historyOf(options, denied);
  const { instance_id } = target;
  return {
    server_version: source.facts.server_version,
    started_at: source.facts.started_at,
    collect: (aspect, previous_state, tools) => {
      const reading = { instance_id, source, tools, options, history };
      if (denied === undefined || !isLicensed(aspect, history)) return collectAspect(aspect, previous_state, reading);
      return Promise.resolve(unable(previous_state, reading, denied));
    },
    checkup: () => checkup(source, options, history),
    what_if,
    close: () => source.close(),
  };
}

/** A missing grant or licence and a timeout are answers: nothing was read, and the state stays what it was. */
async function collectAspect(aspect: AspectName, previous: unknown, reading: Reading): Promise<Collected> {
  reading.tools.abort.throwIfAborted();
  const collect = collectors[aspect];
  if (collect === undefined) throw new SourceError('broken', `Oracle has no ${aspect}`, 'Ask for a listed aspect');
  try {
    return await collect(reading, previous);
  } catch (error) {
    const failure = ours(error, aspect);
    const state = stateOf(failure);
    if (state === undefined) throw failure;
    return unable(previous, reading, { state, message: `${aspect}: ${failure.message}`, fix: failure.fix });
  }
}

function unable(previous: unknown, reading: Reading, outcome: AspectOutcome): Collected {
  const now = reading.tools.clock.now();
  return { rows: {}, state: previous ?? null, outcome, rows_read: 0, window_start: now, window_end: now };
}

const isLicensed = (aspect: AspectName, history: History): boolean =>
  (files_of[aspect]?.[history] ?? []).some((file) => viewsOf(statement(file)).some(needsDiagnosticsPack));

const missing_grants: ReadonlySet<string> = new Set(['ORA-00942', 'ORA-01031', 'ORA-41900']);

function stateOf(failure: SourceError): 'denied' | 'degraded' | undefined {
  if (failure.failure === 'timeout') return 'degraded';
  const is_gate = failure.failure === 'denied' && !(failure instanceof OracleError);
  return is_gate || (failure instanceof OracleError && missing_grants.has(failure.code)) ? 'denied' : undefined;
}

/** Our own fault: the message may quote what was read, so only its name and place leave. */
function ours(error: unknown, aspect: AspectName): SourceError {
  if (error instanceof SourceError) return error;
  const name = error instanceof Error ? error.name : 'unknown error';
  const place = error instanceof Error ? (/\n\s+at .*?([\w-]+\.js:\d+)/.exec(error.stack ?? '')?.[1] ?? '') : '';
  return new SourceError('broken', `reading ${aspect} failed in the program itself: ${name} ${place}`, 'Report it');
}
