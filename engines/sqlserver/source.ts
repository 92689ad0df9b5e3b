import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import type { OpenSession, Parameters, Session, SessionSettings } from './driver.js';
import { hasNumber, sourceError } from './source-error.js';
import { Fields } from './fields.js';
import { quoted, statement } from './statement.js';

/** One statement, in the connection's own database or in another one of the same server. */
export interface Query {
  (sql: string, parameters?: Parameters, database_name?: string): Promise<Fields[]>;
}

/** What a connection knows of its server since it connected. */
export interface ServerFacts {
  readonly server_version: string;
  /** 13 is 2016, 14 2017, 15 2019, 16 2022, 17 2025. Azure has no such number and every newer column: 17. */
  readonly major: number;
  readonly edition: string;
  readonly is_azure_database: boolean;
  readonly has_online_index_build: boolean;
  readonly user_name: string;
  readonly database_name: string;
  readonly is_sysadmin: boolean;
}

/** `fast`: what is read often. `catalog`: what may take longer. One connection each, so at most two. */
export type Lane = 'fast' | 'catalog';

export const application_name = 'plumbline';

const connect_timeout_ms = 10_000;
const request_timeout_ms = 15_000;
/** In each batch: what one session sets a pooled one may have lost. */
const batch_settings = [
  'SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;',
  'SET LOCK_TIMEOUT 2000;',
  'SET DEADLOCK_PRIORITY LOW;',
  'SET ARITHABORT ON;',
  'SET NOCOUNT ON;',
].join(' ');
/** The collector must neither fill the plan cache nor go parallel. */
const query_hints = 'OPTION (RECOMPILE, MAXDOP 1)';

export interface Source {
  readonly target: ConnectionTarget;
  readonly facts: ServerFacts;
  /** Databases whose waits Query Store measures by statement: sampling them too would tell them twice. */
  readonly measured_waits: Set<string>;
  /** When the server started, as last read; it moves when it restarts. */
  started_at: Date | undefined;
  /** Runs `work` alone on its lane. Throws SourceError. */
  read<T>(lane: Lane, work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Throws SourceError with the exact fix. */
export async function openSource(target: ConnectionTarget, open: OpenSession): Promise<Source> {
  const lanes = { fast: new LaneConnection(target, open), catalog: new LaneConnection(target, open) };
  const close = async (): Promise<void> => {
    await Promise.all([lanes.fast.close(), lanes.catalog.close()]);
  };
  try {
    const facts = await lanes.fast.read(readFacts);
    return {
      ...{ target, facts, measured_waits: new Set<string>(), started_at: undefined, close },
      read: (lane, work) => lanes[lane].read(work),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const azure_database_edition = 5;
const online_editions: ReadonlySet<number> = new Set([3, 5, 8]);

async function readFacts(query: Query): Promise<ServerFacts> {
  const [row] = await query(statement('server-facts.sql'));
  if (row === undefined) throw new SourceError('broken', 'the server does not tell its version', 'Report it');
  const server_version = row.text('server_version');
  const engine_edition = row.number('engine_edition') ?? 0;
  const is_azure_database = engine_edition === azure_database_edition;
  const version_major = Number(server_version.split('.')[0]);
  const major = is_azure_database || engine_edition === 8 ? 17 : version_major;
  if (!(major >= 13)) {
    throw new SourceError(
      'unsupported',
      `SQL Server ${server_version} is older than 2016`,
      'Upgrade the server to SQL Server 2016 or later',
    );
  }
  return {
    ...{ server_version, major, is_azure_database, edition: row.text('edition') },
    has_online_index_build: online_editions.has(engine_edition),
    ...{ user_name: row.text('user_name'), database_name: row.text('database_name') },
    is_sysadmin: row.number('is_sysadmin') === 1,
  };
}

/** One session, made when first needed and made again after it broke; its readings wait for each other. */
class LaneConnection {
  #session: Session | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #is_closed = false;

  constructor(
    readonly target: ConnectionTarget,
    readonly open: OpenSession,
  ) {}

  read<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#reading(work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    this.#is_closed = true;
    await this.#last;
    await this.#drop();
  }

  async #reading<T>(work: (query: Query) => Promise<T>): Promise<T> {
    if (this.#is_closed) throw new SourceError('broken', 'the connection was closed', 'Connect again');
    await this.#connected();
    return work(async (sql, parameters = {}, database_name) => {
      const { text, sent } = batch(sql, parameters, this.#isElsewhere(database_name) ? database_name : undefined);
      try {
        const session = await this.#connected();
        return (await session.query(text, sent)).map((row) => new Fields(row));
      } catch (error) {
        const explained = sourceError(error, this.target, database_name);
        if (explained.failure === 'unreachable') await this.#drop();
        throw explained;
      }
    });
  }

  #isElsewhere = (name: string | undefined): boolean =>
    name !== undefined && name.toLowerCase() !== this.target.database_name.toLowerCase();

  /** A secondary that lets only readers in says so with 978: then we come as one. */
  async #connected(): Promise<Session> {
    if (this.#session !== undefined) return this.#session;
    const settings = { application_name, connect_timeout_ms, request_timeout_ms, has_read_only_intent: false };
    this.#session = await this.#opened(settings).catch((error: unknown) => {
      if (!hasNumber(error, 978)) throw error;
      return this.#opened({ ...settings, has_read_only_intent: true });
    });
    return this.#session;
  }

  #opened(settings: SessionSettings): Promise<Session> {
    return this.open(this.target, settings).catch((error: unknown) => {
      throw sourceError(error, this.target);
    });
  }

  async #drop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close().catch(() => undefined);
  }
}

/** In another database the same text runs through that database's own sp_executesql: USE would move the session. */
function batch(
  sql: string,
  parameters: Parameters,
  database_name: string | undefined,
): { readonly text: string; readonly sent: Parameters } {
  const text = `${batch_settings} ${sql} ${query_hints}`;
  if (database_name === undefined) return { text, sent: parameters };
  const names = Object.keys(parameters);
  const declarations = names.map((name) => `@${name} ${parameters[name]?.type ?? ''}`).join(', ');
  const values = names.map((name) => `, @${name} = @${name}`).join('');
  return {
    text: `EXEC ${quoted(database_name)}.sys.sp_executesql @statement, @declarations${values}`,
    sent: {
      ...parameters,
      statement: { type: 'nvarchar(max)', value: text },
      declarations: { type: 'nvarchar(max)', value: declarations },
    },
  };
}
