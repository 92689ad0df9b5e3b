import type { AspectOutcome, ConnectionTarget, EngineConnection } from '@plumbline/contracts';
import { collectAspect, type CollectingOf } from '../shared/collect-aspect.js';
import { checkup } from './checkup.js';
import type { Reading } from './collect/reading.js';
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
import type { Source } from './source.js';
import { what_if } from './what-if.js';

const collecting: CollectingOf<Source, Reading> = {
  engine_label: 'Dremio',
  collectors: { runs, plans, reflections, tables, schema, settings, metrics },
  answerOf: (failure) => {
    const state = failure instanceof DremioError ? answers[failure.reason] : undefined;
    return state && { state, message: failure.message, fix: failure.fix };
  },
};

/** A missing grant, a missing table, a canceled job. */
const answers: Readonly<Partial<Record<DremioError['reason'], AspectOutcome['state']>>> = {
  denied: 'denied',
  missing: 'unsupported',
  rate: 'degraded',
  canceled: 'degraded',
};

/** Throws SourceError. */
export async function openConnection(target: ConnectionTarget, options: DremioOptions): Promise<EngineConnection> {
  const source = await connectSource(target, options);
  return {
    server_version: source.facts.server_version,
    collect: (aspect, previous_state, tools) =>
      collectAspect(collecting, aspect, previous_state, { instance_id: target.instance_id, source, tools }),
    checkup: () => checkup(source),
    what_if,
    close: () => source.close(),
  };
}
