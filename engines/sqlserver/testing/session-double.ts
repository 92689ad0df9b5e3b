import { DriverDouble } from '../../testing/relational/driver-double.js';
import type { SpellingRule } from '../../testing/relational/spelling.js';
import type { DriverRow, OpenSession, Parameters } from '../driver.js';
import { LoginError } from '../source-error.js';
import type { StandIn } from './stand-in.js';

/** T-SQL that PostgreSQL spells otherwise; nothing else is changed. */
export const spelling: readonly SpellingRule[] = [
  { pattern: /^(?:SET [A-Z_ 0-9]+;\s*)+/, replacement: '' },
  { pattern: /\bOPTION \(RECOMPILE, MAXDOP 1\)\s*$/, replacement: '' },
  { pattern: /\bDATEPART\(TZOFFSET, SYSDATETIMEOFFSET\(\)\)/g, replacement: 'stand_in.local_offset_min()' },
  { pattern: /\bSYSDATETIMEOFFSET\(\)/g, replacement: 'stand_in.server_now()' },
  { pattern: /\bCROSS APPLY\b/g, replacement: 'CROSS JOIN LATERAL' },
  { pattern: /\bOUTER APPLY (sys\.\w+\([^)]*\) AS \w+)/g, replacement: 'LEFT JOIN LATERAL $1 ON true' },
  { pattern: /\bAS nvarchar\(\w+\)/g, replacement: 'AS text' },
  { pattern: /\bCONVERT\(varbinary\(64\), (@\w+), 1\)/g, replacement: `decode(substr($1, 3), 'hex')` },
];

/** PostgreSQL's refusals as the numbers SQL Server would give. */
const numbers: Readonly<Record<string, number>> = {
  ...{ '42501': 300, '55P03': 1222, '42703': 207, '42P01': 208, '42883': 208, '28000': 18456, '3D000': 4060 },
};

/** An error as the driver throws it: the number, and a message that must not leave. */
export const requestError = (number: number): Error =>
  Object.assign(new Error('message of the server, with a literal: hunter2'), {
    name: 'RequestError',
    code: 'EREQUEST',
    number,
  });

const elsewhere = /^EXEC \[((?:[^\]]|\]\])+)\]\.sys\.sp_executesql @statement, @declarations/;

export interface DoubleOptions {
  /** Sees and may change every row before the collector does: for rows that no server should give. */
  readonly tamper?: ((row: DriverRow) => DriverRow) | undefined;
  /** Sees every statement as it is sent; may throw in place of the server. */
  readonly onQuery?: ((text: string, database_name: string) => void) | undefined;
}

/** In place of mssql: each database of the stand-in is one of PostgreSQL's. */
export const doubleOf =
  (stand_in: StandIn, options: DoubleOptions = {}): OpenSession =>
  async (target) => {
    const doubles = new Map<string, Promise<DriverDouble>>();
    const double = (database_name: string): Promise<DriverDouble> => {
      const made = doubles.get(database_name) ?? connect(stand_in, database_name, target.user_name);
      doubles.set(database_name, made);
      return made;
    };
    await double(target.database_name).catch((error: unknown) => {
      const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
      throw new LoginError([numbers[code] ?? 0], error);
    });
    return {
      query: (text, parameters) => query(double, target.database_name, options, text, parameters),
      close: async () => {
        for (const one of doubles.values()) await one.then((session) => session.close()).catch(() => undefined);
      },
    };
  };

async function query(
  double: (database_name: string) => Promise<DriverDouble>,
  own_database: string,
  { tamper = (row) => row, onQuery }: DoubleOptions,
  text: string,
  parameters: Parameters,
): Promise<DriverRow[]> {
  const [, name] = elsewhere.exec(text) ?? [];
  const database_name = name?.replaceAll(']]', ']') ?? own_database;
  const statement = name === undefined ? text : String(parameters.statement?.value);
  onQuery?.(statement, database_name);
  const session = await double(database_name).catch(() => {
    throw requestError(916);
  });
  const answer = await session.run(statement, bindsOf(parameters));
  return answer.rows.map((values) => {
    const row = answer.columns.map(({ name: column, type }, place) => [column, valueOf(type, values[place] ?? null)]);
    return tamper(Object.fromEntries(row) as DriverRow);
  });
}

async function connect(stand_in: StandIn, database_name: string, user_name: string): Promise<DriverDouble> {
  const url = new URL(stand_in.server.url());
  url.pathname = `/${database_name}`;
  url.username = user_name;
  return DriverDouble.connect({
    ...{ url: url.href, sign: '@', spelling },
    errorOf: (sqlstate) => requestError(numbers[sqlstate] ?? 50_000),
  });
}

const bindsOf = (parameters: Parameters): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));

/** What tedious gives for the type: bigint as digits, decimal as a lossy number, local times as if they were UTC. */
function valueOf(type: string, text: string | null): unknown {
  if (text === null) return null;
  switch (type) {
    case 'int2':
    case 'int4':
    case 'float4':
    case 'float8':
    case 'numeric':
      return Number(text);
    case 'boolean':
      return text === 't';
    case 'bytea':
      return Buffer.from(text.slice(2), 'hex');
    case 'timestamp':
    case 'timestamptz':
      return new Date(`${text.replace(' ', 'T').replace(/[+-]\d\d(:?\d\d)?$/, '')}Z`);
    default:
      return text;
  }
}
