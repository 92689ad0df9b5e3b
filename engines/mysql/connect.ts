import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import type { Fields } from './fields.js';
import { LaneConnection } from './lane.js';
import {
  familyName,
  serverTime,
  statusTable,
  versionNumbers,
  type Lane,
  type Query,
  type ServerFacts,
  type Source,
} from './source.js';

const least_versions = { mysql: [8, 0], mariadb: [10, 6] } as const;

/** Throws SourceError with the exact fix. */
export async function connectSource(target: ConnectionTarget): Promise<Source> {
  const source = new MysqlSource(target);
  await source.open().catch(async (error: unknown) => {
    // Left open it would count against the account's connection limit at the next attempt.
    await source.close();
    throw error;
  });
  return source;
}

class MysqlSource implements Source {
  readonly #lanes: Record<Lane, LaneConnection>;

  constructor(target: ConnectionTarget) {
    const learn = (query: Query): Promise<ServerFacts> => readFacts(query, target.database_name);
    this.#lanes = { fast: new LaneConnection(target, learn), catalog: new LaneConnection(target, learn) };
  }

  get facts(): ServerFacts {
    const { facts } = this.#lanes.fast;
    if (facts === undefined) throw new SourceError('broken', 'the source is not connected yet', 'Report it');
    return facts;
  }

  open(): Promise<void> {
    return this.read('fast', () => Promise.resolve());
  }

  read<T>(lane: Lane, work: (query: Query) => Promise<T>, database_name?: string): Promise<T> {
    return this.#lanes[lane].read(work, database_name);
  }

  async close(): Promise<void> {
    await Promise.all([this.#lanes.fast.close(), this.#lanes.catalog.close()]);
  }
}

const facts_sql = `SELECT VERSION() AS version, CURRENT_USER() AS account, @@performance_schema AS performance_schema,
  LEAST(@@max_digest_length, @@performance_schema_max_digest_length) AS longest_digest_bytes,
  @@performance_schema_max_sql_text_length AS longest_sample_bytes,
  @@performance_schema_digests_size AS digest_places, @@GLOBAL.sql_mode AS sql_mode`;

async function readFacts(query: Query, database_name: string): Promise<ServerFacts> {
  const [row] = await query(facts_sql);
  if (row === undefined) throw new SourceError('broken', 'the server does not tell its version', 'Report it');
  const { family, version } = supported(row);
  const [start] = await query(
    `SELECT UTC_TIMESTAMP() - INTERVAL VARIABLE_VALUE SECOND AS started_at FROM ${statusTable(family)}
     WHERE VARIABLE_NAME = 'Uptime'`,
  );
  const started_ms = serverTime(start?.text('started_at') ?? '');
  return {
    family,
    server_version: version.join('.'),
    version,
    account: accountOf(row.text('account')),
    database_name,
    has_performance_schema: row.flag('performance_schema'),
    longest_digest_bytes: Number(row.whole('longest_digest_bytes')),
    longest_sample_bytes: Number(row.whole('longest_sample_bytes')),
    digest_places: Number(row.whole('digest_places')),
    has_backslash_escapes: !row.text('sql_mode').includes('NO_BACKSLASH_ESCAPES'),
    started_at: Number.isNaN(started_ms) ? undefined : new Date(started_ms),
  };
}

function supported(row: Fields): Pick<ServerFacts, 'family' | 'version'> {
  const text = row.text('version');
  const family = /mariadb/i.test(text) ? 'mariadb' : 'mysql';
  // Behind some proxies MariaDB shows itself as 5.5.5-10.11.19-MariaDB.
  const version = versionNumbers(text.replace(/^5\.5\.5-/, ''));
  const [least_major, least_minor] = least_versions[family];
  const [major = 0, minor = 0] = version;
  if (major < least_major || (major === least_major && minor < least_minor)) {
    const least = `${familyName(family)} ${least_major}.${least_minor}`;
    throw new SourceError('unsupported', `${version.join('.')} is older than ${least}`, `Upgrade to ${least} or later`);
  }
  return { family, version };
}

/** `monitor@%` → `'monitor'@'%'`; a user name may hold an @, a host cannot. */
function accountOf(text: string): string {
  const place = text.lastIndexOf('@');
  const literal = (name: string): string => `'${name.replaceAll("'", "''")}'`;
  return `${literal(text.slice(0, place))}@${literal(text.slice(place + 1))}`;
}
