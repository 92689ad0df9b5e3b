import type { Action, RenderedAction, TableName } from '@plumbline/contracts';
import { indexNameFor } from '../shared/index-name.js';
import { byHand, lakehouseOnly, renderWith, type OfKind, type Renderers } from '../shared/renderer.js';
import { definitionOf } from './index-definition.js';
import { changeSetting } from './render-setting.js';
import { quoted } from './statement.js';

/** SQL Server refuses longer identifiers; it counts UTF-16 units. */
const name_limit = { longest: 128, lengthOf: (text: string): number => text.length };

const renderers: Renderers = {
  create_index: createIndex,
  drop_index: dropIndex,
  analyze_table: analyzeTable,
  change_setting: changeSetting,
  ...lakehouseOnly('SQL Server'),
  rewrite_query: () =>
    byHand(
      'The application sends this statement: change it there, and compare both results first',
      'Where the application cannot be changed, 2022 and later can hint it: sys.sp_query_store_set_hints',
    ),
};

/** The action as T-SQL; nothing runs it but a person. */
export const render = (action: Action): RenderedAction => renderWith(renderers, action);

/** With the database, so that it does not matter where it is run; Azure SQL Database takes its own name too. */
const tableName = (table: TableName): string =>
  [table.database_name, table.schema_name, table.table_name].map(quoted).join('.');

/** Enterprise, Azure SQL Database and Managed Instance build online; the others refuse the option when it runs. */
const has_online = "CAST(SERVERPROPERTY(N'EngineEdition') AS int) IN (3, 5, 8)";

const not_online =
  'Standard, Web and Express build offline: the table is locked against writes meanwhile; choose a quiet hour';

/** Its own name where it has one, else `IX_orders_customer_id_1f0c2a9e`. */
export function indexName(action: OfKind<'create_index'>): string {
  if (action.index_name !== undefined) return action.index_name;
  const { method, schema_name, table_name, columns, included_columns } = action;
  const definition = `${method}${JSON.stringify([schema_name, table_name, columns, included_columns])}`;
  return indexNameFor([table_name, ...columns], definition, name_limit, { begin: 'IX_' });
}

function createIndex(action: OfKind<'create_index'>): RenderedAction {
  const name = indexName(action);
  const columns = [
    ...action.columns.map((column) => ({ name: column, is_included: 0, is_descending: 0 }) as const),
    ...action.included_columns.map((column) => ({ name: column, is_included: 1, is_descending: 0 }) as const),
  ];
  const plain = definitionOf({
    ...{ schema_name: action.schema_name, table_name: action.table_name, index_name: name, columns },
    ...{ type_desc: 'NONCLUSTERED', is_unique: 0, filter_definition: '' },
  });
  const create = plain.replace(
    `ON ${quoted(action.schema_name)}.${quoted(action.table_name)}`,
    () => `ON ${tableName(action)}`,
  );
  return {
    ddl: [
      `IF ${has_online} ${create} WITH (ONLINE = ON, SORT_IN_TEMPDB = ON) ELSE ${create} WITH (SORT_IN_TEMPDB = ON)`,
    ],
    rollback_ddl: [dropOf(name, action)],
    cautions: [
      not_online,
      'Even online it waits for short locks at its start and end, and needs log, data and tempdb space of about its size',
      'Every write to the table has one index more to maintain; queries on the table are compiled anew',
      'A text, ntext, image, xml or (max) column cannot be a key: the statement fails, nothing is changed',
    ],
  };
}

const dropOf = (index_name: string, table: TableName): string =>
  `DROP INDEX IF EXISTS ${quoted(index_name)} ON ${tableName(table)}`;

function dropIndex(action: OfKind<'drop_index'>): RenderedAction {
  const lost = /\?/.test(action.definition)
    ? [
        'The way back is incomplete: literals were removed from its filter and stand as "?"; script the index before dropping',
      ]
    : [];
  return {
    ddl: [dropOf(action.index_name, action)],
    rollback_ddl: [action.definition],
    cautions: [
      `Run the way back in database ${quoted(action.database_name)}`,
      'Uses are counted since this server started and on this replica only: check sqlserver_start_time and every secondary',
      'A query with an index hint that names it fails from then on',
      'ALTER INDEX … DISABLE keeps only the definition: either way the index is built again to come back',
      ...lost,
    ],
  };
}

function analyzeTable(action: OfKind<'analyze_table'>): RenderedAction {
  return {
    ddl: [`UPDATE STATISTICS ${tableName(action)}`],
    rollback_ddl: [],
    cautions: [
      'It reads a sample of the table, blocks no reads or writes, and cannot be undone',
      'Plans that use the table are compiled anew at their next run',
      'WITH FULLSCAN reads all rows: only where the sample misleads',
    ],
  };
}
