import { aspect_ok, type AspectOutcome } from '@plumbline/contracts';
import { familyName, type ServerFacts } from '../source.js';
import type { Setup, StatementsAnswer } from './statements-read.js';

const consumer_fix = (name: string): string =>
  `UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME = '${name}'; ` +
  `and to keep it over a restart, in section [mysqld]: performance_schema_consumer_${name} = ON`;

/** The consumers without which no digest is counted. */
const needed_consumers = ['global_instrumentation', 'statements_digest'];

/** Switched-off counting, the worst first; ok when everything is counted. */
export function setupOutcome(setup: Setup): AspectOutcome {
  const off = needed_consumers.find((name) => setup.consumers.get(name) !== true);
  if (off !== undefined) {
    return {
      state: 'unsupported',
      message: `the consumer ${off} of performance_schema is off, so no statement is counted`,
      fix: consumer_fix(off),
    };
  }
  if (setup.missing_instruments > 0) {
    return {
      state: 'degraded',
      message: `${setup.missing_instruments} of the instruments for SELECT, INSERT, UPDATE and DELETE are off or not timed`,
      fix: "UPDATE performance_schema.setup_instruments SET ENABLED = 'YES', TIMED = 'YES' WHERE NAME LIKE 'statement/%'",
    };
  }
  return aspect_ok;
}

/** There is no eviction: when every place is taken, all that comes anew is counted in one row. */
export function overflowOutcome(answer: Pick<StatementsAnswer, 'overflow' | 'rows'>): AspectOutcome {
  const { overflow } = answer;
  if (overflow === undefined || overflow.calls === 0n) return aspect_ok;
  return {
    state: 'degraded',
    message:
      `all ${answer.rows.length} places for digests are taken: ${overflow.calls} runs of newer statements are counted ` +
      'together, without a text',
    fix:
      'TRUNCATE TABLE performance_schema.events_statements_summary_by_digest as an administrator; and in section ' +
      `[mysqld]: performance_schema_digests_size = ${2 * Math.max(5_000, answer.rows.length)}, restart the server`,
  };
}

/** The first thing that is wrong. `missed_calls`: runs of prepared statements that were closed before they were read. */
export function outcomeOf(answer: StatementsAnswer, missed_calls: bigint): AspectOutcome {
  const outcomes = [setupOutcome(answer.setup), overflowOutcome(answer), preparedOutcome(missed_calls)];
  return outcomes.find(({ state }) => state !== 'ok') ?? aspect_ok;
}

/** MariaDB forgets what a prepared statement was run for when its session closes it, and counts it nowhere else. */
function preparedOutcome(missed_calls: bigint): AspectOutcome {
  if (missed_calls === 0n) return aspect_ok;
  return {
    state: 'degraded',
    message: `${missed_calls} runs of prepared statements were closed by their sessions before they could be read`,
    fix:
      'Let the application keep statements prepared, or its driver send values in the text (JDBC: ' +
      'useServerPrepStmts=false; Go: interpolateParams=true); MariaDB counts prepared statements in no digest',
  };
}

/** For doctor only: what makes texts and times less than they could be. */
export function cpuTimeOutcome(setup: Setup, facts: ServerFacts): AspectOutcome {
  if (setup.consumers.get('events_statements_cpu') !== false) return aspect_ok;
  return {
    state: 'degraded',
    message: `${familyName(facts.family)} does not measure processor time: it is 0`,
    fix: consumer_fix('events_statements_cpu'),
  };
}
