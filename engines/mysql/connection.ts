import type { AspectName, ConnectionTarget, EngineConnection } from '@plumbline/contracts';
import { collectAspect, type CollectingOf } from '../shared/collect-aspect.js';
import { degraded, denied } from '../shared/outcome.js';
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
import { grantProcess, grantStatistics, grantTables } from './grants.js';
import { metered } from './metered-source.js';
import type { MysqlOptions } from './options.js';
import { denied_codes, errorCode, passing_codes } from './source-error.js';
import type { ServerFacts, Source } from './source.js';
import { whatIf } from './what-if.js';

export const collecting: CollectingOf<Source, Reading> = {
  engine_label: 'MySQL',
  collectors: { statements, activity, waits, metrics, settings, tables, indexes, schema, plans },
  metered,
  answerOf: (failure, aspect, { source }) => {
    const message = `${aspect}: ${failure.message}`;
    const code = errorCode(failure);
    if (denied_codes.has(code)) return denied(message, grantFor(aspect, source.facts));
    return passing_codes.has(code) ? degraded(message, failure.fix) : undefined;
  },
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
      collectAspect(collecting, aspect, previous_state, { instance_id: target.instance_id, source, tools, options }),
    checkup: () => checkup(source),
    what_if: whatIf(source.facts),
    close: () => source.close(),
  };
}

function grantFor(aspect: AspectName, facts: ServerFacts): string {
  if (aspect === 'activity') return grantProcess(facts);
  return aspect === 'schema' ? grantTables(facts) : grantStatistics(facts);
}
