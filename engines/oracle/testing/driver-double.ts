import { DriverDouble, type Answered } from '../../testing/relational/driver-double.js';
import type { Driver, DriverAttributes, DriverColumn, DriverConnection, DriverOptions } from '../driver.js';
import { oracle_spelling } from './oracle-spelling.js';

const STRING = Symbol('oracledb.STRING');

/** How oracledb gives a column unless its type is chosen: a NUMBER as a double, a CLOB as an object to stream from. */
export const native_types: Readonly<Record<string, string>> = {
  ...{ numeric: 'NUMBER', int8: 'NUMBER', int4: 'NUMBER', float8: 'NUMBER', text: 'VARCHAR2' },
  ...{
    varchar: 'VARCHAR2',
    timestamp: 'TIMESTAMP',
    timestamptz: 'TIMESTAMP WITH TIME ZONE',
    interval: 'INTERVAL DAY TO SECOND',
  },
};
/** Columns that are CLOB or LONG in the views; PostgreSQL has one type for all text. */
const long_columns: ReadonlySet<string> = new Set(['SQL_TEXT', 'SQL_FULLTEXT', 'COLUMN_EXPRESSION']);

const ora_codes: Readonly<Record<string, string>> = {
  '42501': 'ORA-00942',
  '42P01': 'ORA-00942',
  '42703': 'ORA-00904',
  '57014': 'ORA-01013',
  '25006': 'ORA-01456',
};

class OracleMessage extends Error {
  constructor(
    readonly code: string,
    sql: string,
  ) {
    super(`${code}: the double's driver quotes it all: ${sql}`);
  }
}

export interface DoubleOptions {
  readonly url: string;
  readonly password?: string | undefined;
  /** What SYS_CONTEXT('USERENV', …) answers. */
  readonly context?: Readonly<Record<string, string>>;
  /** Sees every statement before it is sent: `(sql, binds)`. */
  readonly onStatement?: ((sql: string, binds: Readonly<Record<string, unknown>>) => void) | undefined;
}

/** The driver over the stand-in. It translates binds, spelling and types; Oracle's rules of transactions it keeps. */
export const driverDouble = (options: DoubleOptions): Driver => ({
  OUT_FORMAT_ARRAY: 4001,
  STRING,
  getConnection: async (attributes) => openDouble(options, attributes),
});

async function openDouble(options: DoubleOptions, attributes: DriverAttributes): Promise<DriverConnection> {
  const { url, password = '', context = {} } = options;
  if (attributes.password !== password) throw new OracleMessage('ORA-01017', attributes.password);
  const double = await DriverDouble.connect({
    url: url.replace('postgres@', `${attributes.user.toLowerCase()}@`),
    sign: ':',
    spelling: oracle_spelling,
    errorOf: (sqlstate, sql) => new OracleMessage(ora_codes[sqlstate] ?? 'ORA-00900', sql),
  });
  for (const [name, value] of Object.entries(context)) {
    await double.run(`SELECT set_config('test.${name}', '${value}', false)`);
  }
  return {
    callTimeout: 0,
    module: '',
    action: '',
    execute: async (sql, binds, execute_options) => {
      options.onStatement?.(sql, binds);
      if (/^SET TRANSACTION/.test(sql)) {
        await double.run('BEGIN');
        await double.run(sql);
        return {};
      }
      return answerOf(await statementOf(double, sql, binds), execute_options);
    },
    rollback: async () => {
      await double.run('ROLLBACK');
    },
    close: () => double.close(),
  };
}

/** In Oracle a statement that fails undoes itself and leaves its transaction be. */
async function statementOf(double: DriverDouble, sql: string, binds: Readonly<Record<string, unknown>>) {
  await double.run('SAVEPOINT statement');
  try {
    return await double.run(sql, binds);
  } catch (error) {
    await double.run('ROLLBACK TO statement');
    throw error;
  }
}

function answerOf(answered: Answered, { fetchTypeHandler }: DriverOptions) {
  const metaData = answered.columns.map(({ name, type }): DriverColumn => {
    const upper = name.toUpperCase();
    return { name: upper, dbTypeName: long_columns.has(upper) ? 'CLOB' : (native_types[type] ?? 'VARCHAR2') };
  });
  const as_text = metaData.map((column) => fetchTypeHandler(column)?.type === STRING);
  const rows = answered.rows.map((row) =>
    row.map((value, place) => nativeValue(value, metaData[place]?.dbTypeName ?? '', as_text[place] ?? false)),
  );
  return { metaData, rows };
}

function nativeValue(value: string | null, type: string, as_text: boolean): unknown {
  // Oracle has no empty text: it is NULL.
  if (value === null || value === '') return null;
  if (as_text) return value;
  if (type === 'NUMBER') return Number.parseFloat(value);
  if (type === 'CLOB') return { getData: () => Promise.resolve(value) };
  return type.startsWith('TIMESTAMP') ? new Date(`${value.replace(' ', 'T')}Z`) : value;
}
