import type { ConnectionTarget } from '@plumbline/contracts';
import { instanceId } from '@plumbline/contracts';
import { startStandIn, type StandIn } from '../../testing/relational/stand-in.js';
import { standInName } from '../../testing/relational/tables.js';
import { openConnection } from '../connection.js';
import { default_options, type OracleOptions } from '../options.js';
import { driverDouble, type DoubleOptions } from './driver-double.js';
import { oracleTypeOf, oracle_setup } from './oracle-spelling.js';
import { sheet } from './sheet.js';

/** A user who may read everything that the sheet lists. */
export const monitor = 'PLUMBLINE';

const dictionary = { schema_name: '', table_name: 'DICTIONARY_COLUMNS' };

/** ALL_TAB_COLUMNS as each user sees it: what was granted, by the names behind the synonyms. */
const dictionary_view = [
  `CREATE VIEW all_tab_columns AS SELECT owner, table_name, column_name FROM dictionary_columns
     WHERE has_table_privilege(current_user, relation, 'SELECT')`,
  'GRANT SELECT ON all_tab_columns, session_privs TO PUBLIC',
];

const described = sheet.filter(({ table_name }) => table_name !== 'ALL_TAB_COLUMNS');

const dictionaryRows = described.flatMap((table) =>
  Object.keys(table.columns).map((column_name) => ({
    owner: table.schema_name === '' ? 'SYS' : table.schema_name,
    table_name: table.table_name.replace(/^(G?V)\$/, '$1_$'),
    column_name,
    relation: standInName(table),
  })),
);

/** Oracle's views as tables. */
export async function startOracleStandIn(): Promise<StandIn> {
  const names = { OWNER: 'VARCHAR2', TABLE_NAME: 'VARCHAR2', COLUMN_NAME: 'VARCHAR2', RELATION: 'VARCHAR2' };
  const stand_in = await startStandIn({
    tables: [...described, { ...dictionary, columns: names }],
    typeOf: oracleTypeOf,
    setup: [...oracle_setup, ...dictionary_view],
  });
  await stand_in.load(dictionary.table_name, dictionaryRows);
  await stand_in.createUser(monitor);
  return stand_in;
}

/** Takes columns, or a whole view, away, as a version has it that is older than the sheet. */
export async function withoutColumns(stand_in: StandIn, view: string, columns: readonly string[]): Promise<void> {
  const of_view = 'DELETE FROM dictionary_columns WHERE table_name = $1';
  const name = view.replace(/^(G?V)\$/, '$1_$');
  if (columns.length === 0) {
    await stand_in.client.query(of_view, [name]);
    await stand_in.client.query(`DROP TABLE ${view}`);
    return;
  }
  await stand_in.client.query(`${of_view} AND column_name = ANY ($2)`, [name, columns]);
  const drops = columns.map((column) => `DROP COLUMN ${column}`);
  await stand_in.client.query(`ALTER TABLE ${view} ${drops.join(', ')}`);
}

export const targetOf = (stand_in: StandIn, over: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
  ...{ instance_id: instanceId('test'), host: stand_in.server.host, port: stand_in.server.port },
  ...{ database_name: 'ORCLPDB1', user_name: monitor, password: '', tls: 'off' },
  ...over,
});

export interface OpenOptions {
  readonly options?: Partial<OracleOptions>;
  readonly target?: Partial<ConnectionTarget>;
  readonly double?: Partial<DoubleOptions>;
}

export const openStandIn = (stand_in: StandIn, { options = {}, target = {}, double = {} }: OpenOptions = {}) =>
  openConnection(targetOf(stand_in, target), { ...default_options, ...options }, () =>
    Promise.resolve(driverDouble({ url: stand_in.server.url(), ...double })),
  );
