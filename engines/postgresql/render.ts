import type { Action, RenderedAction, TableName } from '@plumbline/contracts';
import { indexNameFor, isExpression } from '../shared/index-name.js';
import { byHand, lakehouseOnly, renderWith, type OfKind, type Renderers } from '../shared/renderer.js';
import { quoted } from './source.js';

/** PostgreSQL cuts identifiers at this many bytes, silently: two long names could become one. */
const name_limit = { longest: 63, lengthOf: (text: string): number => Buffer.byteLength(text) };

const renderers: Renderers = {
  create_index: createIndex,
  drop_index: dropIndex,
  analyze_table: analyzeTable,
  change_setting: changeSetting,
  ...lakehouseOnly('PostgreSQL'),
  rewrite_query: () => byHand('The application sends this statement: change it there, and compare both results first'),
};

/** The action as PostgreSQL's own statements; nothing runs them but a person. */
export const render = (action: Action): RenderedAction => renderWith(renderers, action);

const tableName = (table: TableName): string => `${quoted(table.schema_name)}.${quoted(table.table_name)}`;
const literal = (text: string): string =>
  text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`;
const inDatabase = (table: TableName): string => `Run it in database ${quoted(table.database_name)}`;
const no_transaction = 'CONCURRENTLY cannot run inside a transaction block';

const keyColumn = (column: string): string => (isExpression(column) ? column : quoted(column));

/** The index as DDL that HypoPG reads too: no name, no CONCURRENTLY. */
export function indexDefinition(action: OfKind<'create_index'>): string {
  const included =
    action.included_columns.length === 0 ? '' : ` INCLUDE (${action.included_columns.map(quoted).join(', ')})`;
  return `ON ${tableName(action)} USING ${quoted(action.method)} (${action.columns.map(keyColumn).join(', ')})${included}`;
}

/** Its own name where it has one, else `orders_customer_id_1f0c2a9e_idx`. */
export const indexName = (action: OfKind<'create_index'>): string =>
  action.index_name ??
  indexNameFor(
    [action.table_name, ...action.columns, ...action.included_columns],
    indexDefinition(action),
    name_limit,
    { end: '_idx' },
  );

function createIndex(action: OfKind<'create_index'>): RenderedAction {
  const name = indexName(action);
  const drop = `DROP INDEX CONCURRENTLY IF EXISTS ${quoted(action.schema_name)}.${quoted(name)}`;
  return {
    ddl: [`CREATE INDEX CONCURRENTLY ${quoted(name)} ${indexDefinition(action)}`],
    rollback_ddl: [drop],
    cautions: [
      inDatabase(action),
      no_transaction,
      'Writes go on meanwhile, but it waits for transactions that are older than itself and reads the whole table twice',
      `If it fails it leaves an invalid index, which slows writes: ${drop}`,
    ],
  };
}

function dropIndex(action: OfKind<'drop_index'>): RenderedAction {
  const definition = action.definition.replace(
    /^CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)/i,
    (_all, unique?: string) => `CREATE ${unique ?? ''}INDEX CONCURRENTLY `,
  );
  const lost = /\?/.test(action.definition)
    ? [
        'The way back is incomplete: literals were removed from the definition and stand as "?"; note the full one with pg_get_indexdef before dropping',
      ]
    : [];
  return {
    ddl: [`DROP INDEX CONCURRENTLY ${quoted(action.schema_name)}.${quoted(action.index_name)}`],
    rollback_ddl: [definition],
    cautions: [
      inDatabase(action),
      no_transaction,
      'Scans are counted on this server only: check that no replica uses the index',
      ...lost,
    ],
  };
}

function analyzeTable(action: OfKind<'analyze_table'>): RenderedAction {
  return {
    ddl: [`ANALYZE ${tableName(action)}`],
    rollback_ddl: [],
    cautions: [inDatabase(action), 'It reads a sample of the table, blocks no reads or writes, and cannot be undone'],
  };
}

/** PostgreSQL's own list of settings that quote each element (variable_is_guc_list_quote). */
const list_settings: ReadonlySet<string> = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

/** One literal for a whole list would be taken for one element: a library named 'a, b', and the server does not start. */
function settingValue(name: string, value: string): string {
  if (!list_settings.has(name.toLowerCase()) || value.trim() === '') return literal(value);
  const elements = value.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [];
  return elements
    .map((element) => element.trim())
    .filter((element) => element !== '')
    .map((element) => literal(/^".*"$/s.test(element) ? element.slice(1, -1).replaceAll('""', '"') : element))
    .join(', ');
}

function changeSetting(action: OfKind<'change_setting'>): RenderedAction {
  const name = action.name.split('.').map(quoted).join('.');
  const [value, previous] = [settingValue(action.name, action.value), settingValue(action.name, action.previous_value)];
  const back = (set: string, reset: string): string =>
    action.previous_value === '' ? `${reset} ${name}` : `${set} ${name} = ${previous}`;
  if (action.scope === 'session') {
    return {
      ddl: [`SET ${name} = ${value}`],
      rollback_ddl: [`SET ${name} = ${previous}`],
      cautions: ['It holds for one session only: the application sets it where it connects or before the statement'],
    };
  }
  if (action.scope === 'role') {
    return {
      ddl: [`ALTER ROLE CURRENT_USER SET ${name} = ${value}`],
      rollback_ddl: [back('ALTER ROLE CURRENT_USER SET', 'ALTER ROLE CURRENT_USER RESET')],
      cautions: ['Run it as the role it is meant for; sessions that are open already keep the old value'],
    };
  }
  const needs_restart = action.change_needs === 'restart';
  return {
    ddl: [`ALTER SYSTEM SET ${name} = ${value}`, ...(needs_restart ? [] : ['SELECT pg_reload_conf()'])],
    rollback_ddl: [
      back('ALTER SYSTEM SET', 'ALTER SYSTEM RESET'),
      ...(needs_restart ? [] : ['SELECT pg_reload_conf()']),
    ],
    cautions: [
      'Needs superuser, or from 15 GRANT ALTER SYSTEM ON PARAMETER; cannot run inside a transaction block',
      ...(needs_restart ? ['Takes effect only after a restart of the server: plan the outage'] : []),
      'On a managed service use its parameter group instead: ALTER SYSTEM is closed there',
    ],
  };
}
