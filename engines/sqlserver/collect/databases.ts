import type { SourceError } from '@plumbline/contracts';
import { degraded, denied } from '../../shared/outcome.js';
import { mapUserGrant, databaseStateGrant } from '../grants.js';
import { UnreadableError } from '../fields.js';
import { lock_timeout_code, permission_codes, SqlServerError } from '../source-error.js';
import type { Query, Source } from '../source.js';
import { statement } from '../statement.js';
import type { Gap } from './outcome.js';

export interface Database {
  readonly database_id: number;
  readonly name: string;
}

export interface Databases {
  readonly open: readonly Database[];
  readonly gaps: readonly Gap[];
}

/** The user databases that are online and let us in. Offline ones are no gap: nothing runs there. */
export async function readDatabases(query: Query, source: Source): Promise<Databases> {
  const open: Database[] = [];
  const gaps: Gap[] = [];
  const { facts } = source;
  for (const row of await query(statement('databases.sql'))) {
    const name = row.text('name');
    // A database of Azure cannot see into its neighbours.
    if (facts.is_azure_database && name !== facts.database_name) continue;
    if (row.number('state') !== 0) continue;
    if (row.flag('has_access') === 1) open.push({ database_id: row.number('database_id') ?? 0, name });
    else gaps.push(degraded(closed(facts.user_name, name), mapUserGrant(facts, name)));
  }
  return { open, gaps };
}

const closed = (user_name: string, name: string): string =>
  `"${name}" lets "${user_name}" not in: not mapped to a user there, or a secondary that no one may read`;

/** What one database answered, or the gap it leaves: a lock or a missing grant there must not hide the others. */
export async function orGap<Answer>(
  source: Source,
  database: Database,
  read: () => Promise<Answer>,
): Promise<Answer | Gap> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UnreadableError) return degraded(`"${database.name}": ${error.message}`, error.fix);
    if (!(error instanceof SqlServerError) || !isOfOneDatabase(error)) throw error;
    return gapOf(error, source, database);
  }
}

export const isGap = (answer: unknown): answer is Gap =>
  typeof answer === 'object' && answer !== null && 'state' in answer && 'fix' in answer && 'message' in answer;

const passing_failures: ReadonlySet<SourceError['failure']> = new Set(['no_database']);

const isOfOneDatabase = (error: SqlServerError): boolean =>
  permission_codes.has(error.code) || error.code === lock_timeout_code || passing_failures.has(error.failure);

function gapOf(error: SqlServerError, { facts }: Source, { name }: Database): Gap {
  if (error.code === 916) return denied(`"${name}": ${error.message}`, mapUserGrant(facts, name));
  if (permission_codes.has(error.code)) return denied(`"${name}": ${error.message}`, databaseStateGrant(facts, name));
  return degraded(`"${name}": ${error.message}`, error.fix);
}
