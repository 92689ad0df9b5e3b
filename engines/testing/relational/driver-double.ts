import pg from 'pg';
import { positional, respelled, type SpellingRule } from './spelling.js';

export interface AnsweredColumn {
  /** As PostgreSQL names it: lower case unless quoted. */
  readonly name: string;
  /** PostgreSQL's type, for the double to give what the engine's driver would: `numeric`, `timestamp`, `text`… */
  readonly type: string;
}

export interface Answered {
  readonly columns: readonly AnsweredColumn[];
  /** Every value as PostgreSQL's own text, exact to the last digit. */
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface DriverDoubleOptions {
  readonly url: string;
  readonly sign: ':' | '@';
  readonly spelling: readonly SpellingRule[];
  /** The error that the engine's driver would throw; `sqlstate` is PostgreSQL's. */
  errorOf(sqlstate: string, sql: string): Error;
}

const types: Readonly<Record<number, string>> = {
  ...{ 16: 'boolean', 17: 'bytea', 20: 'int8', 21: 'int2', 23: 'int4', 25: 'text', 700: 'float4', 701: 'float8' },
  ...{ 1042: 'char', 1043: 'varchar', 1082: 'date', 1114: 'timestamp', 1184: 'timestamptz', 1186: 'interval' },
  ...{ 1700: 'numeric', 2950: 'uuid', 705: 'text' },
};

/**
 * The base of a driver double: takes the collector's SQL in the engine's dialect and runs it on the stand-in. It only
 * translates binds, spellings and types; what the SQL asks for and gets is PostgreSQL's own doing.
 */
export class DriverDouble {
  private constructor(
    readonly client: pg.Client,
    readonly options: DriverDoubleOptions,
  ) {}

  static async connect(options: DriverDoubleOptions): Promise<DriverDouble> {
    const client = new pg.Client({
      connectionString: options.url,
      types: { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig,
    });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(`SET TimeZone = 'UTC'`);
    return new DriverDouble(client, options);
  }

  async run(sql: string, binds: Readonly<Record<string, unknown>> = {}): Promise<Answered> {
    const { text, values } = positional(respelled(sql, this.options.spelling), binds, this.options.sign);
    try {
      const answer = await this.client.query<(string | null)[]>({ text, values: [...values], rowMode: 'array' });
      return {
        columns: answer.fields.map(({ name, dataTypeID }) => ({ name, type: typeName(dataTypeID) })),
        rows: answer.rows,
      };
    } catch (error) {
      if (error instanceof pg.DatabaseError) {
        throw Object.assign(this.options.errorOf(error.code ?? '', sql), { cause: error });
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

function typeName(oid: number): string {
  const name = types[oid];
  if (name === undefined) throw new Error(`the driver double does not know PostgreSQL's type ${oid}`);
  return name;
}
