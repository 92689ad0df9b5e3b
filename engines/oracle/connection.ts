import type { AspectName, ConnectionTarget, EngineConnection, SourceError } from '@plumbline/contracts';
import { collectAspect, type CollectingOf } from '../shared/collect-aspect.js';
import { nothingRead } from '../shared/reading.js';
import { files_of } from './aspects.js';
import { checkup } from './checkup.js';
import { activity } from './collect/activity.js';
import { indexes } from './collect/indexes.js';
import { metrics } from './collect/metrics.js';
import { plans } from './collect/plans.js';
import type { Reading } from './collect/reading.js';
import { schema } from './collect/schema.js';
import { settings } from './collect/settings.js';
import { statements } from './collect/statements.js';
import { tables } from './collect/tables.js';
import { waits } from './collect/waits.js';
import { connectSource } from './connect.js';
import { viewsOf } from './fitted.js';
import type { LoadDriver } from './driver.js';
import { historyOf, needsDiagnosticsPack, packDenied, type History } from './licence.js';
import { metered } from './metered-source.js';
import type { OracleOptions } from './options.js';
import { OracleError } from './source-error.js';
import { statement, type Source } from './source.js';
import { what_if } from './what-if.js';

const collecting: CollectingOf<Source, Reading> = {
  engine_label: 'Oracle',
  collectors: { statements, activity, waits, metrics, settings, tables, indexes, schema, plans },
  metered,
  answerOf: (failure, aspect) => {
    const state = answerState(failure);
    return state && { state, message: `${aspect}: ${failure.message}`, fix: failure.fix };
  },
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
      const reading = { instance_id, source, tools, options, history };
      if (denied !== undefined && isLicensed(aspect, history)) {
        return Promise.resolve({ ...nothingRead(reading, previous_state, denied), elapsed_ms: 0 });
      }
      return collectAspect(collecting, aspect, previous_state, reading);
    },
    checkup: () => checkup(source, options, historyOf(options, packDenied(source.facts, options))),
    what_if,
    close: () => source.close(),
  };
}

const isLicensed = (aspect: AspectName, history: History): boolean =>
  (files_of[aspect]?.[history] ?? []).some((file) => viewsOf(statement(file)).some(needsDiagnosticsPack));

const missing_grants: ReadonlySet<string> = new Set(['ORA-00942', 'ORA-01031', 'ORA-41900']);

/** A missing grant or licence, and a timeout. */
function answerState(failure: SourceError): 'denied' | 'degraded' | undefined {
  if (failure.failure === 'timeout') return 'degraded';
  const is_gate = failure.failure === 'denied' && !(failure instanceof OracleError);
  return is_gate || (failure instanceof OracleError && missing_grants.has(failure.code)) ? 'denied' : undefined;
}
