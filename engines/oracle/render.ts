import type { Action, RenderedAction, TableName } from '@plumbline/contracts';
import { definitionHash, isExpression } from '../shared/index-name.js';
import { byHand, lakehouseOnly, renderWith, type OfKind, type Renderers } from '../shared/renderer.js';
import { quoted } from './source.js';

/** 12.2 and later take 128 bytes, 12.1 takes 30: this fits all. */
const longest_name_bytes = 30;

const renderers: Renderers = {
  create_index: createIndex,
  drop_index: dropIndex,
  analyze_table: analyzeTable,
  change_setting: changeSetting,
  ...lakehouseOnly('Oracle'),
  rewrite_query: () => byHand('The application sends this statement: change it there, and compare both results first'),
};

/** The action as Oracle's own statements; nothing runs them but a person. */
export const render = (action: Action): RenderedAction => renderWith(renderers, action);

const tableName = (table: TableName): string => `${quoted(table.schema_name)}.${quoted(table.table_name)}`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const inDatabase = (table: TableName): string =>
  `Run it in ${table.database_name}, as the owner or with the ANY privilege`;
const online_needs =
  'ONLINE needs Enterprise Edition: without it leave the word out, and writes to the table wait until it is done';
const lock_timeout =
  'ALTER SESSION SET DDL_LOCK_TIMEOUT = 30 first: else it fails at once with ORA-00054 on a busy table';

const keyColumn = (column: string): string => (isExpression(column) ? column : quoted(column));

const indexColumns = (action: OfKind<'create_index'>): string =>
  [...action.columns, ...action.included_columns].map(keyColumn).join(', ');

/** Its own name where it has one, else `ORDERS_CUSTOMER_1F0C2A9E_IX`. */
export function indexName(action: OfKind<'create_index'>): string {
  if (action.index_name !== undefined && action.index_name !== '') return action.index_name;
  const words = [action.table_name, ...action.columns].map((word) => word.replace(/[^A-Za-z0-9_]+/g, '_'));
  const definition = `${action.method} ${tableName(action)} ${indexColumns(action)}`;
  const ending = `_${definitionHash(definition)}_IX`.toUpperCase();
  const start = words
    .join('_')
    .toUpperCase()
    .replace(/^[^A-Z]+/, '');
  return (start === '' ? 'T' : start).slice(0, longest_name_bytes - ending.length) + ending;
}

function createIndex(action: OfKind<'create_index'>): RenderedAction {
  const name = `${quoted(action.schema_name)}.${quoted(indexName(action))}`;
  const is_bitmap = action.method.includes('bitmap');
  const online = is_bitmap ? '' : ' ONLINE';
  return {
    ddl: [
      `CREATE ${is_bitmap ? 'BITMAP ' : ''}INDEX ${name} ON ${tableName(action)} (${indexColumns(action)})${online}`,
    ],
    rollback_ddl: [`ALTER INDEX ${name} INVISIBLE`, `DROP INDEX ${name} ONLINE`],
    cautions: [
      inDatabase(action),
      ...(is_bitmap
        ? ['A bitmap index locks many rows per write: only for tables that are loaded in bulk']
        : [online_needs]),
      'It reads the whole table and fills undo and redo: choose a quiet hour; if it fails, DROP INDEX what is left',
      'To try it first, add INVISIBLE: only sessions with OPTIMIZER_USE_INVISIBLE_INDEXES = TRUE use it then',
      ...(action.included_columns.length === 0
        ? []
        : ['Oracle has no INCLUDE: these columns stand at the end of the key']),
    ],
  };
}

function dropIndex(action: OfKind<'drop_index'>): RenderedAction {
  const name = `${quoted(action.schema_name)}.${quoted(action.index_name)}`;
  const definition = /^CREATE (UNIQUE )?INDEX /i.test(action.definition)
    ? `${action.definition} ONLINE`
    : action.definition;
  const lost = /\?/.test(action.definition)
    ? [
        'The way back is incomplete: literals were removed from the definition and stand as "?"; note the full one with DBMS_METADATA.GET_DDL before dropping',
      ]
    : [];
  return {
    ddl: [`ALTER INDEX ${name} INVISIBLE`, `DROP INDEX ${name} ONLINE`],
    rollback_ddl: [definition],
    cautions: [
      inDatabase(action),
      `Let days pass between the two: while it is invisible, ALTER INDEX ${name} VISIBLE brings it back at once`,
      'An invisible index is still kept up by every write; only the DROP saves that',
      lock_timeout,
      ...lost,
    ],
  };
}

function analyzeTable(action: OfKind<'analyze_table'>): RenderedAction {
  const names = `ownname => ${literal(quoted(action.schema_name))}, tabname => ${literal(quoted(action.table_name))}`;
  return {
    ddl: [`BEGIN DBMS_STATS.GATHER_TABLE_STATS(${names}); END;`],
    rollback_ddl: [
      `BEGIN DBMS_STATS.RESTORE_TABLE_STATS(${names}, as_of_timestamp => SYSTIMESTAMP - INTERVAL '1' DAY); END;`,
    ],
    cautions: [
      inDatabase(action),
      'It reads the whole table, and cursors on it are parsed anew over the next hours',
      'The way back takes the statistics of a day ago; they are kept for 31 days unless DBMS_STATS was told otherwise',
    ],
  };
}

/** Hidden parameters begin with an underscore and must be quoted; the others must not hold anything else. */
const parameterName = (name: string): string => (/^[A-Za-z][\w$#]*$/.test(name) ? name : quoted(name));
const parameterValue = (value: string): string => (/^\w+$/.test(value) ? value : literal(value));

function changeSetting(action: OfKind<'change_setting'>): RenderedAction {
  const name = parameterName(action.name);
  const set = (value: string): string => `SET ${name} = ${parameterValue(value)}`;
  if (action.scope === 'session') {
    return {
      ddl: [`ALTER SESSION ${set(action.value)}`],
      rollback_ddl: [`ALTER SESSION ${set(action.previous_value)}`],
      cautions: ['It holds for one session only: the application sets it where it connects or before the statement'],
    };
  }
  if (action.scope === 'role') return atLogon(action, set(action.value));
  const scope = action.change_needs === 'restart' ? 'SPFILE' : 'BOTH';
  return {
    ddl: [`ALTER SYSTEM ${set(action.value)} SCOPE = ${scope}`],
    rollback_ddl: [
      action.previous_value === ''
        ? `ALTER SYSTEM RESET ${name} SCOPE = SPFILE`
        : `ALTER SYSTEM ${set(action.previous_value)} SCOPE = ${scope}`,
    ],
    cautions: [
      'Needs ALTER SYSTEM; in a cluster it holds for all instances unless SID is given, in a pluggable database for it alone',
      ...(scope === 'SPFILE' ? ['Takes effect only after a restart of the instance: plan the outage'] : []),
      ...(action.previous_value === '' ? ['The way back, RESET, takes effect at the next restart'] : []),
    ],
  };
}

/** Oracle keeps no parameters by user: a trigger sets them when the user logs on. */
function atLogon(action: OfKind<'change_setting'>, set: string): RenderedAction {
  const trigger = quoted(`PLUMBLINE_${action.name.replace(/\W/g, '_')}`.toUpperCase().slice(0, longest_name_bytes));
  const execute = `EXECUTE IMMEDIATE ${literal(`ALTER SESSION ${set}`)}`;
  return {
    ddl: [`CREATE OR REPLACE TRIGGER ${trigger} AFTER LOGON ON SCHEMA BEGIN ${execute}; END;`],
    rollback_ddl: [`DROP TRIGGER ${trigger}`],
    cautions: [
      'Run it as the user it is meant for; sessions that are open already keep the old value',
      'A logon trigger that fails keeps the user out: test it in a second session before closing the first',
    ],
  };
}
