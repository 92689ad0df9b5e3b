import type { ConnectionTarget } from '@plumbline/contracts';
import { Turns } from '../shared/turns.js';
import type { OpenSession, Parameters, Session, SessionSettings } from './driver.js';
import { Fields } from './fields.js';
import { hasCode, sourceError } from './source-error.js';
import type { Query } from './source.js';
import { quoted } from './statement.js';

const application_name = 'plumbline';
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

/** One session, made when first needed and made again after it broke; its readings wait for each other. */
export class LaneConnection {
  #session: Session | undefined;
  readonly #turns = new Turns();

  constructor(
    readonly target: ConnectionTarget,
    readonly open: OpenSession,
  ) {}

  read<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return this.#turns.take(() => this.#reading(work));
  }

  async close(): Promise<void> {
    await this.#turns.end();
    await this.#drop();
  }

  async #reading<T>(work: (query: Query) => Promise<T>): Promise<T> {
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
      if (!hasCode(error, 978)) throw error;
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
