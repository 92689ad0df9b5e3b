import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import { marked } from '../shared/own-mark.js';
import { Client } from './client.js';
import { editionOf, type Edition } from './edition.js';
import { textOf } from './fields.js';
import { Http } from './http.js';
import { runJob, type Result } from './job.js';
import { withOptionsOf, type DremioOptions } from './options.js';
import { sessionOf } from './session.js';
import { DremioError, noSuchPort } from './source-error.js';
import type { ServerFacts, Source } from './source.js';

const connect_timeout_ms = 60_000;
const most_profile_bytes = 128 * 2 ** 20;
const columns_are_known_ms = 24 * 3_600_000;

/** Throws SourceError with the exact fix. The HTTP client is loaded here, and nowhere else in the engine. */
export async function connectSource(target: ConnectionTarget, given: DremioOptions): Promise<Source> {
  const options = withOptionsOf(target, given);
  const edition = editionOf(target, options);
  const http = await Http.open(target, edition, options.pace);
  const client = new Client(http, sessionOf(target, http));
  try {
    await probe(client);
    const source = new DremioSource(client, options, factsOf(client, target, edition));
    await source.learnVersion();
    return source;
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** The cheapest question that needs a valid credential, and the project on Cloud; no engine is woken by it. */
async function probe(client: Client): Promise<void> {
  try {
    await client.json({
      ...{ method: 'GET', path: `${client.http.edition.prefix}/catalog`, endpoint: 'other', what: 'catalog' },
      ...{ is_repeatable: true, abort: AbortSignal.timeout(connect_timeout_ms) },
    });
  } catch (error) {
    if (error instanceof DremioError && error.reason === 'missing' && error.failure === 'unsupported')
      throw noSuchPort(client.http.where);
    throw error;
  }
}

const factsOf = (client: Client, target: ConnectionTarget, edition: Edition): ServerFacts => ({
  server_version: edition.id === 'cloud' ? 'Cloud' : client.session.server_version,
  database_name: target.database_name,
  user_name: target.user_name,
  edition,
  where: client.http.where,
  tls: target.tls,
});

class DremioSource implements Source {
  readonly #closing = new AbortController();
  readonly #columns = new Map<string, { readonly names: ReadonlySet<string>; readonly at_ms: number }>();

  constructor(
    readonly client: Client,
    readonly options: DremioOptions,
    public facts: ServerFacts,
  ) {}

  /** A login tells the version; with a token it must be asked for, and that it is not shown is no reason to fail. */
  async learnVersion(): Promise<void> {
    if (this.facts.server_version !== '') return;
    try {
      const { rows } = await this.#run('SELECT version FROM sys.version', AbortSignal.timeout(connect_timeout_ms));
      this.facts = { ...this.facts, server_version: textOf(rows[0]?.['version']) };
    } catch (error) {
      if (!(error instanceof DremioError) || error.failure === 'unreachable') throw error;
    }
  }

  async query(sql: string, abort: AbortSignal): Promise<Result> {
    try {
      return await this.#run(sql, abort);
    } catch (error) {
      // An upgrade may have changed a table under us: the next reading looks again.
      this.#columns.clear();
      throw error;
    }
  }

  async columns(table: string, abort: AbortSignal): Promise<ReadonlySet<string>> {
    const now_ms = this.options.pace.now_ms();
    const known = this.#columns.get(table);
    if (known !== undefined && now_ms - known.at_ms < columns_are_known_ms) return known.names;
    const names = await this.#askColumns(table, abort);
    // A table that is not there may be granted at any time.
    if (names.size > 0) this.#columns.set(table, { names, at_ms: now_ms });
    return names;
  }

  async profile(job_id: string, abort: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      const answer = await this.client.bytes({
        ...{ method: 'POST', path: `/apiv2/support/${encodeURIComponent(job_id)}/download`, endpoint: 'other' },
        ...{ what: 'profiles of runs', is_repeatable: true, most_bytes: most_profile_bytes },
        abort: this.#untilClosed(abort),
      });
      return answer.body;
    } catch (error) {
      if (error instanceof DremioError && error.reason === 'missing') return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.client.close();
  }

  #run(sql: string, abort: AbortSignal): Promise<Result> {
    return runJob(this.client, marked(sql), {
      sql_engine: this.options.sql_engine,
      timeout_ms: this.options.job_timeout_ms,
      rows_per_page: this.options.rows_per_page,
      abort: this.#untilClosed(abort),
    });
  }

  #untilClosed(abort: AbortSignal): AbortSignal {
    return AbortSignal.any([abort, this.#closing.signal]);
  }

  async #askColumns(table: string, abort: AbortSignal): Promise<ReadonlySet<string>> {
    try {
      const { columns } = await this.#run(`SELECT * FROM ${table} LIMIT 0`, abort);
      if (columns.length === 0)
        throw new SourceError('broken', `Dremio does not tell the columns of ${table}`, 'Report it');
      return new Set(columns.map(({ name }) => name.toLowerCase()));
    } catch (error) {
      if (error instanceof DremioError && error.reason === 'missing') return new Set();
      throw error;
    }
  }
}
