import { aspect_ok, type AspectOutcome } from '@plumbline/contracts';
import { grantTables, performanceSchemaOff } from '../grants.js';
import type { ServerFacts } from '../source.js';
import type { Setup } from './statements-read.js';

const history_fix =
  "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME IN ('events_statements_current', " +
  "'events_statements_history'); and to keep it over a restart, in section [mysqld]: " +
  'performance_schema_consumer_events_statements_current = ON and performance_schema_consumer_events_statements_history = ON';

/** A digest cannot be planned: it needs a sample with values. MySQL keeps one per digest, MariaDB only if told to. */
export function samplesOutcome(setup: Setup, facts: ServerFacts): AspectOutcome {
  if (facts.family === 'mysql') return aspect_ok;
  const is_on = ['events_statements_current', 'events_statements_history'].every((name) => setup.consumers.get(name));
  if (is_on) return aspect_ok;
  return {
    state: 'degraded',
    message: 'MariaDB keeps no sample of a statement, so only one that is seen running can be planned',
    fix: history_fix,
  };
}

/** @param failed statements that the planner refused  @param refused why one of them was, in this reading */
export function plansOutcome(
  setup: Setup | undefined,
  facts: ServerFacts,
  failed: number,
  refused: string,
): AspectOutcome {
  const samples =
    setup === undefined ? { ...performanceSchemaOff(facts), state: 'degraded' as const } : samplesOutcome(setup, facts);
  if (samples.state !== 'ok' || refused === '') return samples;
  return {
    state: 'degraded',
    message: `${failed} statements have no plan, for example: ${refused}`,
    fix: `If a grant is missing: ${grantTables(facts)}; else nothing to do`,
  };
}
