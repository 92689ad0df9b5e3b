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
import { metered, type MeteredSource } from './metered-source.js';
import type { OracleOptions } from './options.js';
import { OracleError } from './source-error.js';
import { statement } from './source.js';
import { what_if } from './what-if.js';

type MeteredReading = Reading & { readonly source: MeteredSource };

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
  const { instance_id } = target;
  return {
    get server_version() {
      return source.facts.server_version;
    },
    get started_at() {
      return source.facts.started_at;
    },
    collect: (aspect, previous_state, tools) => {
      const denied = packDenied(source.facts, options);
      const history = historyOf(options, denied);
      const metered_source = metered(source, tools.limit);
      const reading = { instance_id, source: metered_source, tools, options, history };
      if (denied !== undefined && isLicensed(aspect, history))
        return Promise.resolve(unable(previous_state, reading, denied));
      return collectAspect(aspect, previous_state, reading);
    },
    checkup: () => checkup(source, options, historyOf(options, packDenied(source.facts, options))),
    what_if,
    close: () => source.close(),
  };
}

/** A missing grant or licence and a timeout are answers: nothing was read, and the state stays what it was. */
async function collectAspect(aspect: AspectName, previous: unknown, reading: MeteredReading): Promise<Collected> {
  reading.tools.abort.throwIfAborted();
  const collect = collectors[aspect];
  if (collect === undefined) throw new SourceError('broken', `Oracle has no ${aspect}`, 'Ask for a listed aspect');
  try {
    return { ...(await collect(reading, previous)), elapsed_ms: reading.source.busy_ms };
  } catch (error) {
    const failure = ours(error, aspect);
    const state = stateOf(failure);
    if (state === undefined) throw failure;
    return unable(previous, reading, { state, message: `${aspect}: ${failure.message}`, fix: failure.fix });
  }
}

function unable(previous: unknown, reading: MeteredReading, outcome: AspectOutcome): Collected {
  const now = reading.tools.clock.now();
  const nothing = { rows: {}, state: previous ?? null, rows_read: 0, window_start: now, window_end: now };
  return { ...nothing, outcome, elapsed_ms: reading.source.busy_ms };
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
