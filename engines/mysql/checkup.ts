import { aspect_ok, type AspectOutcome, type Checkup } from '@plumbline/contracts';
import { allowed } from './allowed.js';
import { isCut } from './digest-text.js';
import {
  countsDigests,
  grantIndexSizes,
  grantProcess,
  grantStatistics,
  grantTables,
  noDigests,
  performanceSchemaOff,
} from './grants.js';
import { familyName, statement, type Query, type ServerFacts, type Source } from './source.js';
import { samplesOutcome } from './collect/plans-outcome.js';
import { cpuTimeOutcome, overflowOutcome, setupOutcome } from './collect/statements-outcome.js';
import { readSetup, readStatements, type Setup } from './collect/statements-read.js';

/** Everything that must be so for a whole answer, each with the line that makes it so. */
export async function checkup(source: Source): Promise<readonly Checkup[]> {
  const { facts } = source;
  return source.read('fast', async (query) => {
    const account = await accountOutcome(query, facts);
    const message = `${familyName(facts.family)} ${facts.server_version}`;
    return [
      { aspect: 'connection', outcome: { ...aspect_ok, message } },
      { aspect: 'connection', outcome: well('the account may do no more than is needed', account) },
      ...(await statisticsCheckups(query, facts)),
      { aspect: 'activity', outcome: well('sessions and locks are seen', await processOutcome(query, facts)) },
      { aspect: 'tables', outcome: well('tables are seen', await tablesOutcome(query, facts)) },
      { aspect: 'indexes', outcome: well('sizes of indexes are seen', await indexSizesOutcome(query, facts)) },
    ];
  });
}

/** What hangs on performance_schema: one line when it is off or not to be read, else every line. */
async function statisticsCheckups(query: Query, facts: ServerFacts): Promise<Checkup[]> {
  if (!facts.has_performance_schema) return [{ aspect: 'statements', outcome: performanceSchemaOff(facts) }];
  if (!countsDigests(facts)) return [{ aspect: 'statements', outcome: noDigests }];
  const setup = await allowed(() => readSetup(query));
  if (setup === undefined) {
    return [{ aspect: 'statements', outcome: denied('performance_schema may not be read', grantStatistics(facts)) }];
  }
  const answer = await readStatements(query, facts);
  return [
    { aspect: 'statements', outcome: well('statements are counted', setupOutcome(setup)) },
    { aspect: 'statements', outcome: well('every statement has a place of its own', overflowOutcome(answer)) },
    { aspect: 'statements', outcome: well('no statement is cut', await cutTextsOutcome(query, facts)) },
    ...cpuCheckups(setup, facts),
    { aspect: 'plans', outcome: well('statements have samples to plan', samplesOutcome(setup, facts)) },
  ];
}

/** What is well is said too, so that a person sees what was looked at. */
const well = (message: string, outcome: AspectOutcome): AspectOutcome =>
  outcome.state === 'ok' ? { ...outcome, message } : outcome;

/** Only newer versions of MySQL can measure it at all. */
function cpuCheckups(setup: Setup, facts: ServerFacts): Checkup[] {
  if (!setup.consumers.has('events_statements_cpu')) return [];
  return [{ aspect: 'statements', outcome: well('processor time is measured', cpuTimeOutcome(setup, facts)) }];
}

async function cutTextsOutcome(query: Query, facts: ServerFacts): Promise<AspectOutcome> {
  const limit = facts.longest_digest_bytes;
  // No token takes fewer bytes in the text than half of what it takes in the digest.
  const rows = await query(statement('cut-texts.sql').replace('{{least_bytes}}', String(Math.floor(limit / 2))));
  const cut = rows.filter((row) => isCut(row.text('digest_text'), limit)).length;
  if (cut === 0) return aspect_ok;
  return {
    state: 'degraded',
    message: `${cut} statements are longer than ${limit} bytes of tokens: those that differ only behind that are counted as one`,
    fix: 'In section [mysqld]: max_digest_length = 4096 and performance_schema_max_digest_length = 4096, restart the server',
  };
}

async function accountOutcome(query: Query, facts: ServerFacts): Promise<AspectOutcome> {
  const rows = await query(
    `SELECT PRIVILEGE_TYPE AS privilege FROM information_schema.USER_PRIVILEGES
     WHERE PRIVILEGE_TYPE IN ('SUPER', 'FILE', 'CREATE USER', 'INSERT', 'UPDATE', 'DELETE', 'DROP')`,
  );
  if (rows.length === 0) return aspect_ok;
  const privileges = [...new Set(rows.map((row) => row.text('privilege')))].sort((a, b) => a.localeCompare(b));
  return {
    state: 'degraded',
    message: `${facts.account} may do more than is needed: ${privileges.join(', ')}`,
    fix:
      "CREATE USER 'plumbline'@'<collector address>' IDENTIFIED BY '…' WITH MAX_USER_CONNECTIONS 3; " +
      "GRANT PROCESS ON *.* TO 'plumbline'@'<collector address>'; " +
      "GRANT SELECT ON performance_schema.* TO 'plumbline'@'<collector address>'",
  };
}

async function processOutcome(query: Query, facts: ServerFacts): Promise<AspectOutcome> {
  const rows = await allowed(() => query(statement('open-transactions.sql')));
  return rows === undefined ? denied('sessions and locks of other users are hidden', grantProcess(facts)) : aspect_ok;
}

async function tablesOutcome(query: Query, facts: ServerFacts): Promise<AspectOutcome> {
  const [row] = await query(statement('visible-tables.sql'));
  if ((row?.whole('tables') ?? 0n) > 0n) return aspect_ok;
  return {
    state: 'degraded',
    message: 'no table is visible: no sizes, indexes, columns or plans',
    fix: grantTables(facts),
  };
}

async function indexSizesOutcome(query: Query, facts: ServerFacts): Promise<AspectOutcome> {
  const rows = await allowed(() => query(statement('index-sizes.sql')));
  if (rows !== undefined) return aspect_ok;
  return { state: 'degraded', message: 'sizes of indexes may not be read: they are 0', fix: grantIndexSizes(facts) };
}

const denied = (message: string, fix: string): AspectOutcome => ({ state: 'denied', message, fix });
