import type { Query, ServerFacts } from '../source.js';
import { statement } from '../statement.js';

export interface Permissions {
  /** Without it the server's views show only our own session, and say nothing. */
  readonly sees_server: boolean;
  readonly sees_definitions: boolean;
  readonly sees_database: boolean;
}

/** Of the server and of one database. */
export async function readPermissions(query: Query, facts: ServerFacts, database_name?: string): Promise<Permissions> {
  const [row] = await query(statement('permissions.sql'), {}, database_name);
  const has = (...columns: readonly string[]): boolean => columns.some((column) => row?.number(column) === 1);
  const sees_database = has('database_state', 'database_performance_state');
  const sees_server = has('server_state', 'server_performance_state');
  return {
    sees_server: facts.is_azure_database ? sees_database || sees_server : sees_server,
    sees_definitions: has('any_definition') || facts.is_azure_database,
    sees_database: sees_database || sees_server,
  };
}
