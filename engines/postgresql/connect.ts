import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import { LaneConnection } from './lane.js';
import { serverTime, type Lane, type Query, type ServerFacts, type Source } from './source.js';

interface FactsRow {
  server_version: string;
  version_num: number;
  started_at: string;
  block_bytes: number;
  user_name: string;
  database_name: string;
  is_superuser: boolean;
  is_standby: boolean;
  tells_identifier: boolean;
}

/** Throws SourceError with the exact fix. */
export async function connectSource(target: ConnectionTarget): Promise<Source> {
  const source = new PostgresqlSource(target);
  await source.open().catch(async (error: unknown) => {
    // Left open it would count against the role's connection limit at the next attempt.
    await source.close();
    throw error;
  });
  return source;
}

class PostgresqlSource implements Source {
  #facts: ServerFacts | undefined;
  readonly #lanes: Record<Lane, LaneConnection>;

  constructor(target: ConnectionTarget) {
    // Asked at each new connection: the server may have been restarted or upgraded since the last.
    const learn = async (query: Query): Promise<void> => {
      this.#facts = await readFacts(query);
    };
    this.#lanes = { fast: new LaneConnection(target, learn), catalog: new LaneConnection(target) };
  }

  get facts(): ServerFacts {
    if (this.#facts === undefined) throw new SourceError('broken', 'the source is not connected yet', '');
    return this.#facts;
  }

  open(): Promise<void> {
    return this.read('fast', async () => undefined);
  }

  read<T>(lane: Lane, work: (query: Query) => Promise<T>, database_name?: string): Promise<T> {
    return this.#lanes[lane].read(work, database_name);
  }

  async close(): Promise<void> {
    await Promise.all([this.#lanes.fast.close(), this.#lanes.catalog.close()]);
  }
}

async function readFacts(query: Query): Promise<ServerFacts> {
  const [row] = await query<FactsRow>(
    `SELECT current_setting('server_version') AS server_version,
      current_setting('server_version_num')::int AS version_num, pg_postmaster_start_time()::text AS started_at,
      current_setting('block_size')::int AS block_bytes, current_user::text AS user_name,
      current_database()::text AS database_name,
      (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
      pg_is_in_recovery() AS is_standby,
      has_function_privilege('pg_control_system()', 'execute') AS tells_identifier`,
  );
  if (row === undefined) throw new SourceError('broken', 'the server does not tell its version', '');
  if (row.version_num < 130_000) {
    throw new SourceError(
      'unsupported',
      `PostgreSQL ${row.server_version} is older than 13`,
      'Upgrade the server to PostgreSQL 13 or later',
    );
  }
  const started_at = new Date(serverTime(row.started_at));
  const major = Math.floor(row.version_num / 10_000);
  const system_identifier = row.tells_identifier ? await readSystemIdentifier(query) : '';
  return { ...row, server_version: shortVersion(row.server_version), started_at, major, system_identifier };
}

async function readSystemIdentifier(query: Query): Promise<string> {
  const [row] = await query<{ system_identifier: string }>(
    'SELECT system_identifier::text AS system_identifier FROM pg_control_system()',
  );
  return row?.system_identifier ?? '';
}

/** `15.20 (Debian 15.20-0+deb12u1)` → `15.20`. */
const shortVersion = (text: string): string => text.split(' ')[0] ?? text;
