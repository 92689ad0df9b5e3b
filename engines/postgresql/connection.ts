import type { AspectOutcome, ConnectionTarget, EngineConnection } from '@plumbline/contracts';
import { collectAspect, type CollectingOf } from '../shared/collect-aspect.js';
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
import { connectSource } from './connect.js';
import { metered } from './metered-source.js';
import type { PostgresqlOptions } from './options.js';
import { PostgresqlError } from './source-error.js';
import type { Source } from './source.js';
import { whatIf } from './what-if.js';

const collecting: CollectingOf<Source, Reading> = {
  engine_label: 'PostgreSQL',
  collectors: { statements, activity, metrics, settings, tables, indexes, schema, plans },
  metered,
  answerOf: (failure, aspect) => {
    const state = failure instanceof PostgresqlError ? answers[failure.code] : undefined;
    return state && { state, message: `${aspect}: ${failure.message}`, fix: failure.fix };
  },
};

/** A missing grant, a lock in the way, a reading that took too long. */
const answers: Readonly<Record<string, AspectOutcome['state']>> = {
  '42501': 'denied',
  '55P03': 'degraded',
  '57014': 'degraded',
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
    get cluster_name() {
      return source.facts.system_identifier;
    },
    get is_replica() {
      return source.facts.is_standby;
    },
    collect: (aspect, previous_state, tools) =>
      collectAspect(collecting, aspect, previous_state, { instance_id: target.instance_id, source, tools, options }),
    checkup: () => checkup(source),
    what_if,
    close: () => source.close(),
  };
}
