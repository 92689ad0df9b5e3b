import type { ConnectionTarget, EngineConnection } from '@plumbline/contracts';
import { collectAspect, type CollectingOf } from '../shared/collect-aspect.js';
import { degraded, denied } from '../shared/outcome.js';
import { checkup } from './checkup.js';
import { activity } from './collect/activity.js';
import { indexes } from './collect/indexes.js';
import { metrics } from './collect/metrics.js';
import { plans } from './collect/plans.js';
import type { Reading } from './collect/reading.js';
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
import { lock_timeout_code, permission_codes, SqlServerError } from './source-error.js';
import { openSource, type Source } from './source.js';
import { no_what_if } from './what-if.js';

const collecting: CollectingOf<Source, Reading> = {
  engine_label: 'SQL Server',
  collectors: { statements, activity, waits, metrics, settings, tables, indexes, schema, plans },
  metered,
  answerOf: (failure, aspect, { source }) => {
    if (!(failure instanceof SqlServerError)) return undefined;
    const message = `${aspect}: ${failure.message}`;
    if (permission_codes.has(failure.code)) return denied(message, serverStateGrant(source.facts));
    return failure.code === lock_timeout_code ? degraded(message, failure.fix) : undefined;
  },
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
      collectAspect(collecting, aspect, previous_state, { instance_id: target.instance_id, source, tools, options }),
    checkup: () => checkup(source),
    what_if: no_what_if,
    close: () => source.close(),
  };
}
