import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import type { OpenSession, Parameters } from './driver.js';
import type { Fields } from './fields.js';
import { LaneConnection } from './lane.js';
import { statement } from './statement.js';

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

export interface Source {
  readonly target: ConnectionTarget;
  readonly facts: ServerFacts;
  /** Databases whose waits Query Store measures by statement: sampling them too would tell them twice. */
  readonly measured_waits: Set<string>;
  /** When the server started, as last read. */
  readonly life: { started_at: Date | undefined };
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
      ...{ target, facts, measured_waits: new Set<string>(), life: { started_at: undefined }, close },
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
