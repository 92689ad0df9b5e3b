import { describe, it } from '@jest/globals';
import {
  instanceId,
  type AspectName,
  type AspectOutcome,
  type ConnectionTarget,
  type EngineConnection,
} from '@plumbline/contracts';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Connection } from 'mysql2/promise';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { advancingTools, type AdvancingTools } from '../../testing/collect-tools.js';
import { aspectNames } from '../aspects.js';
import { engine } from '../index.js';
import { findMariadb, findMysql, type Binaries } from '../local-binaries.js';
import { startLocalServer, type LocalServer, type LocalServerOptions } from '../local-server.js';

/** For tests: what the collector lends this engine. */
export const collectTools = (): AdvancingTools => advancingTools('mysql');

export const targetOf = (server: LocalServer, over: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
  ...{ instance_id: instanceId('test'), host: server.host, port: server.port, database_name: 'mysql' },
  ...{ user_name: server.admin, password: server.password, tls: 'off' },
  ...over,
});

/** A connection as an application has it. */
export function applicationOf(server: LocalServer, database?: string): Promise<Connection> {
  return createConnection({
    ...{ host: server.host, port: server.port, user: server.admin, password: server.password },
    ...(database === undefined ? {} : { database }),
  });
}

/** A private server in a temporary directory; `stop` removes both. */
export async function temporaryServer(options: Omit<LocalServerOptions, 'directory'>): Promise<LocalServer> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-my-'));
  const server = await startLocalServer({ ...options, directory });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Does the work on a connection of the engine, and closes it. */
export const connected = async <T>(
  target: ReturnType<typeof targetOf>,
  work: (connection: EngineConnection) => Promise<T>,
) => {
  const connection = await engine.connect(target);
  return work(connection).finally(() => connection.close());
};
/** What each aspect says of its first reading. */
export const outcomesOf = async (connection: EngineConnection): Promise<Record<AspectName, AspectOutcome>> => {
  const outcomes: [AspectName, AspectOutcome][] = [];
  for (const name of aspectNames)
    outcomes.push([name, (await connection.collect(name, undefined, collectTools())).outcome]);
  return Object.fromEntries(outcomes) as Record<AspectName, AspectOutcome>;
};

/** Runs the suite on a real MariaDB, and on a real MySQL where there is one; else the suite is shown as skipped. */
export function describeOnServers(title: string, suite: (binaries: Binaries) => void): void {
  const mariadb = findMariadb();
  describe(`${title} (mariadb ${mariadb.server_version})`, () => suite(mariadb));
  const mysql = findMysql();
  if (mysql !== undefined) describe(`${title} (mysql ${mysql.server_version})`, () => suite(mysql));
  else it.skip(`${title} (mysql): PLUMBLINE_MYSQL_ROOT names no server, see scripts/unpack-mysql.sh`, () => undefined);
}
