import type { ServerFacts } from './source.js';
import { quoted } from './statement.js';

/** The exact grant for the server's views, by version and kind. */
export function serverStateGrant(facts: ServerFacts): string {
  const user = quoted(facts.user_name);
  if (facts.is_azure_database) {
    return `In master: ALTER SERVER ROLE ##MS_ServerStateReader## ADD MEMBER ${user}; or in the database: GRANT VIEW DATABASE STATE TO ${user}`;
  }
  return facts.major >= 16
    ? `USE master; GRANT VIEW SERVER PERFORMANCE STATE TO ${user}`
    : `USE master; GRANT VIEW SERVER STATE TO ${user}`;
}

/** The exact grant for Query Store and the usage views of one database. */
export function databaseStateGrant(facts: ServerFacts, database_name: string): string {
  const permission = facts.major >= 16 ? 'VIEW DATABASE PERFORMANCE STATE' : 'VIEW DATABASE STATE';
  return `USE ${quoted(database_name)}; GRANT ${permission} TO ${quoted(facts.user_name)}`;
}

export function mapUserGrant(facts: ServerFacts, database_name: string): string {
  const user = quoted(facts.user_name);
  return `USE ${quoted(database_name)}; CREATE USER ${user} FOR LOGIN ${user}; ${databaseStateGrant(facts, database_name)}`;
}

export const definitionGrant = (facts: ServerFacts): string =>
  facts.is_azure_database
    ? `GRANT VIEW DEFINITION TO ${quoted(facts.user_name)}`
    : `USE master; GRANT VIEW ANY DEFINITION TO ${quoted(facts.user_name)}`;
