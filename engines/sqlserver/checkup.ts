import { aspect_ok, type AspectName, type AspectOutcome, type Checkup } from '@plumbline/contracts';
import { degraded, denied } from '../shared/outcome.js';
import { isGap, orGap, readDatabases } from './collect/databases.js';
import { readPermissions, type Permissions } from './collect/permissions.js';
import { judgeStore, readStoreOptions } from './collect/store-options.js';
import { databaseStateGrant, definitionGrant, serverStateGrant } from './grants.js';
import type { Query, Source } from './source.js';
import { quoted } from './statement.js';
import { no_what_if } from './what-if.js';

/** Everything that must be so for a whole answer, each with the line that makes it so. */
export async function checkup(source: Source): Promise<readonly Checkup[]> {
  return source.read('fast', async (query) => {
    const { facts } = source;
    const permissions = await readPermissions(query, facts);
    const told = { ...aspect_ok, message: `SQL Server ${facts.server_version}, ${facts.edition}` };
    return [
      { aspect: 'connection', outcome: told },
      { aspect: 'connection', outcome: leastPrivilege(source) },
      ...(await databaseChecks(query, source)),
      ...serverChecks(source, permissions),
      ...definitionChecks(source, permissions),
      {
        aspect: 'plans',
        outcome: { ...aspect_ok, message: `Index advice cannot be proven here: ${no_what_if.reason}` },
      },
    ];
  });
}

function leastPrivilege({ facts }: Source): AspectOutcome {
  if (!facts.is_sysadmin) return aspect_ok;
  return degraded(
    `${quoted(facts.user_name)} is sysadmin: far more than is needed`,
    `CREATE LOGIN [plumbline] WITH PASSWORD = '…'; ${serverStateGrant({ ...facts, user_name: 'plumbline' })}; GRANT CONNECT ANY DATABASE TO [plumbline]; GRANT VIEW ANY DEFINITION TO [plumbline]`,
  );
}

const of_server: readonly (readonly [aspect: AspectName, what: string])[] = [
  ['activity', 'sessions of other logins are hidden'],
  ['waits', 'waits of the server are hidden'],
  ['metrics', 'performance counters and the start of the server are hidden'],
];

const serverChecks = ({ facts }: Source, { sees_server }: Permissions): Checkup[] =>
  of_server.map(([aspect, what]) => ({
    aspect,
    outcome: sees_server ? aspect_ok : denied(what, serverStateGrant(facts)),
  }));

const definitionChecks = ({ facts }: Source, { sees_definitions }: Permissions): Checkup[] =>
  (['tables', 'indexes', 'schema'] as const).map((aspect) => ({
    aspect,
    outcome: sees_definitions
      ? aspect_ok
      : degraded('tables that the login may not see are missing', definitionGrant(facts)),
  }));

/** Per database: may we in, is Query Store on, may we read it. */
async function databaseChecks(query: Query, source: Source): Promise<Checkup[]> {
  const { open, gaps } = await readDatabases(query, source);
  const outcomes: AspectOutcome[] = [...gaps];
  for (const database of open) {
    const { sees_database } = await readPermissions(query, source.facts, database.name);
    if (!sees_database) {
      const grant = databaseStateGrant(source.facts, database.name);
      outcomes.push(denied(`Query Store of "${database.name}" is hidden`, grant));
      continue;
    }
    const options = await orGap(source, database, () => readStoreOptions(query, database, source.facts));
    const judged = isGap(options) ? options : judgeStore(options, database, source.facts).gap;
    outcomes.push(judged ?? { ...aspect_ok, message: `Query Store of "${database.name}" is in order` });
  }
  if (open.length === 0 && gaps.length === 0) {
    const name = quoted(source.facts.user_name);
    outcomes.push(
      degraded('there is no user database that is online', `Check the mapping of ${name} and sys.databases`),
    );
  }
  return outcomes.map((outcome) => ({ aspect: 'statements', outcome }));
}
