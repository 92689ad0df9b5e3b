import type { Action, RenderedAction, TableName } from '@plumbline/contracts';
import { indexNameFor, isExpression } from '../shared/index-name.js';
import { byHand, lakehouseOnly, renderWith, type OfKind, type Renderers } from '../shared/renderer.js';
import { quoted } from './source.js';

/** Both families refuse a longer identifier; it counts characters. */
const name_limit = { longest: 64, lengthOf: (text: string): number => [...text].length };

const renderers: Renderers = {
  create_index: createIndex,
  drop_index: dropIndex,
  analyze_table: analyzeTable,
  change_setting: changeSetting,
  ...lakehouseOnly('MySQL and MariaDB'),
  rewrite_query: () => byHand('The application sends this statement: change it there, and compare both results first'),
};

/** The action as statements that MySQL and MariaDB both take; nothing runs them but a person. */
export const render = (action: Action): RenderedAction => renderWith(renderers, action);

/** A schema is a database here; where the advice names only one of the two, it is that one. */
const tableName = (table: TableName): string =>
  `${quoted(table.schema_name === '' ? table.database_name : table.schema_name)}.${quoted(table.table_name)}`;

const keyColumn = (column: string): string => (isExpression(column) ? column : quoted(column));

const online = 'ALGORITHM=INPLACE, LOCK=NONE';
const online_cautions = [
  'LOCK=NONE makes it fail at once rather than stop writes, where the engine cannot do it online',
  'At its begin and end it waits for every open transaction on the table, and all new statements wait behind it: ' +
    'run SET SESSION lock_wait_timeout = 5 first, and try again when it gives up',
  'Replicas run it after the primary has finished, and lag meanwhile',
];

/** Its own name where it has one, else `orders_customer_id_1f0c2a9e_idx`. */
export const indexName = (action: OfKind<'create_index'>): string =>
  action.index_name ??
  indexNameFor(
    [action.table_name, ...keyColumns(action)],
    `${tableName(action)} ${action.method} ${keyColumns(action).map(keyColumn).join()}`,
    name_limit,
    { end: '_idx' },
  );

/** Neither family has INCLUDE: what should be covered becomes the end of the key. */
const keyColumns = (action: OfKind<'create_index'>): readonly string[] => [
  ...action.columns,
  ...action.included_columns.filter((column) => !action.columns.includes(column)),
];

function createIndex(action: OfKind<'create_index'>): RenderedAction {
  const name = quoted(indexName(action));
  const columns = keyColumns(action).map(keyColumn).join(', ');
  const method = action.method.toLowerCase();
  const kind = method === 'fulltext' || method === 'spatial' ? `${method.toUpperCase()} ` : '';
  const using = kind === '' ? ` USING ${/^\w+$/.test(method) ? method.toUpperCase() : 'BTREE'}` : '';
  const has_expression = action.columns.some(isExpression);
  return {
    ddl: [`ALTER TABLE ${tableName(action)} ADD ${kind}INDEX ${name} (${columns})${using}, ${online}`],
    rollback_ddl: [`ALTER TABLE ${tableName(action)} DROP INDEX ${name}, ${online}`],
    cautions: [
      ...online_cautions,
      'MySQL 8: it can be rehearsed by adding INVISIBLE and, in one session, ' +
        "SET SESSION optimizer_switch = 'use_invisible_indexes=on'",
      'A TEXT or BLOB column needs a prefix length after its name, as in (`note`(50))',
      ...(action.included_columns.length === 0
        ? []
        : ['There is no INCLUDE: the covered columns stand at the end of the key, which every write to them pays for']),
      ...(has_expression ? ['An expression as key needs MySQL 8.0.13; MariaDB needs a generated column instead'] : []),
    ],
  };
}

function dropIndex(action: OfKind<'drop_index'>): RenderedAction {
  return {
    ddl: [`ALTER TABLE ${tableName(action)} DROP INDEX ${quoted(action.index_name)}, ${online}`],
    rollback_ddl: [action.definition],
    cautions: [
      'First let the planner do without it for a full business cycle, which is undone in a moment: ' +
        `ALTER TABLE ${tableName(action)} ALTER INDEX ${quoted(action.index_name)} INVISIBLE (MariaDB: IGNORED)`,
      'Uses are counted since the last restart of this server only: check the replicas too',
      ...online_cautions,
    ],
  };
}

function analyzeTable(action: OfKind<'analyze_table'>): RenderedAction {
  return {
    ddl: [`ANALYZE TABLE ${tableName(action)}`],
    rollback_ddl: [],
    cautions: [
      'It samples pages and takes a short lock; before MySQL 8.0.24 statements that run long on this table make every ' +
        'new one wait until they end',
      'It is written to the binary log and runs on the replicas too; it cannot be undone',
    ],
  };
}

const byte_units: Readonly<Record<string, bigint>> = { k: 2n ** 10n, m: 2n ** 20n, g: 2n ** 30n, t: 2n ** 40n };

/** Numbers stand bare, and sizes become bytes: SET takes neither '8' nor 8M. */
export function settingValue(value: string): string {
  const size = /^(\d+)\s*([kmgt])i?b?$/i.exec(value);
  if (size !== null) return String(BigInt(size[1] ?? '0') * (byte_units[(size[2] ?? '').toLowerCase()] ?? 1n));
  if (/^-?\d+(\.\d+)?$/.test(value) || /^(on|off|default)$/i.test(value)) return value;
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function changeSetting(action: OfKind<'change_setting'>): RenderedAction {
  const name = quoted(action.name);
  const value = settingValue(action.value);
  const previous = action.previous_value === '' ? 'DEFAULT' : settingValue(action.previous_value);
  if (action.scope !== 'instance') {
    return {
      ddl: [`SET SESSION ${name} = ${value}`],
      rollback_ddl: [`SET SESSION ${name} = ${previous}`],
      cautions: [
        'It holds for one session only: the application sets it where it connects or before the statement',
        ...(action.scope === 'role' ? ['There are no settings per account here, so it cannot be set for one'] : []),
      ],
    };
  }
  if (action.change_needs === 'restart') {
    return {
      ddl: [`SET PERSIST_ONLY ${name} = ${value}`],
      rollback_ddl: [`RESET PERSIST IF EXISTS ${name}`],
      cautions: [
        'Takes effect only after a restart of the server: plan the outage',
        `MariaDB has no PERSIST: write ${action.name} into its configuration, section [mysqld]`,
        'On a managed service use its parameter group instead',
      ],
    };
  }
  return {
    ddl: [`SET GLOBAL ${name} = ${value}`],
    rollback_ddl: [`SET GLOBAL ${name} = ${previous}`],
    cautions: [
      'Sessions that are open already keep the old value where the setting is also one of the session',
      'It is lost at a restart: MySQL 8 keeps it with SET PERSIST instead of SET GLOBAL; for MariaDB write it into its ' +
        'configuration, section [mysqld]',
      'On a managed service use its parameter group instead',
    ],
  };
}
