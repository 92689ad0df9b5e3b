import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  exitCode,
  freePort,
  giveTo,
  local_host as host,
  LocalProcess,
  runningUser,
  ServerLog,
  spawnLogged,
} from '../shared/local-process.js';
import { findMariadb, type Binaries } from './local-binaries.js';

/**
 * A private MariaDB or MySQL for tests: own data directory, loopback only, a random port and password. Never a
 * production server: it trades durability for speed.
 */
export interface LocalServerOptions {
  /** Made if absent; an earlier server's data in it is used again. */
  readonly directory: string;
  /** Server settings by name, over the defaults below. */
  readonly settings?: Readonly<Record<string, string>>;
  /** MariaDB when left out. */
  readonly binaries?: Binaries;
}

export interface LocalServer {
  readonly host: string;
  readonly port: number;
  /** May do everything, with `password`. */
  readonly admin: string;
  readonly password: string;
  readonly family: Binaries['family'];
  readonly server_version: string;
  stop(): Promise<void>;
  /** A clean stop and start: performance_schema begins anew. */
  restart(): Promise<void>;
}

const default_settings: Readonly<Record<string, string>> = {
  bind_address: '127.0.0.1',
  skip_name_resolve: 'ON',
  performance_schema: 'ON',
  innodb_buffer_pool_size: '64M',
  innodb_flush_log_at_trx_commit: '0',
  max_connections: '60',
};
const ready_timeout_ms = 60_000;
const admin = 'plumbline_admin';

export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const binaries = options.binaries ?? findMariadb();
  const place = new Place(options.directory, binaries);
  await place.initialize();
  const port = await freePort();
  const run = new LocalProcess({
    ...{ server: 'the server', log: place.log, ready_words: 'ready for connections', ready_timeout_ms },
    ...{ stop_signal: 'SIGTERM', exit_signal: 'SIGKILL' },
    spawn: () => place.spawn(place.serverCommand(port, { ...default_settings, ...options.settings })),
  });
  await run.start();
  return {
    ...{ host, port, admin, password: place.password },
    ...{ family: binaries.family, server_version: binaries.server_version },
    stop: () => run.stop(),
    restart: async () => {
      await run.stop();
      await run.start();
    },
  };
}

/** The server's directory and how programs run in it. */
class Place {
  readonly data: string;
  /** Its own: a server that starts deletes temporary tables of others from a shared one. */
  readonly temporary: string;
  readonly log: ServerLog;
  readonly init_file: string;
  readonly password: string;
  readonly identity = runningUser('The server', ['mysql', 'nobody']);

  constructor(
    readonly directory: string,
    readonly binaries: Binaries,
  ) {
    this.data = join(directory, 'data');
    this.temporary = join(directory, 'tmp');
    this.log = new ServerLog(join(directory, 'server.log'));
    this.init_file = join(directory, 'init.sql');
    this.password = randomBytes(12).toString('hex');
  }

  async initialize(): Promise<void> {
    mkdirSync(this.directory, { recursive: true });
    this.#own(this.directory, 0o700);
    // Run at every start. There is no other way in: root may use the socket only, and only as the user we run as.
    const account = `'${admin}'@'${host}'`;
    const lines = [
      `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${this.password}';`,
      `ALTER USER ${account} IDENTIFIED BY '${this.password}';`,
      `GRANT ALL ON *.* TO ${account} WITH GRANT OPTION;`,
    ];
    writeFileSync(this.init_file, `${lines.join('\n')}\n`);
    this.#own(this.init_file, 0o600);
    if (existsSync(join(this.data, 'mysql'))) return;
    for (const folder of [this.data, this.temporary]) {
      mkdirSync(folder, { recursive: true });
      this.#own(folder, 0o700);
    }
    const command = [...this.binaries.initialize(this.data), `--tmpdir=${this.temporary}`];
    const code = await exitCode(this.spawn(command));
    if (code !== 0) throw new Error(`making the data directory failed (${String(code)}): ${this.log.tail()}`);
  }

  serverCommand(port: number, chosen: Readonly<Record<string, string>>): readonly string[] {
    const { server, server_options } = this.binaries;
    const settings = {
      ...chosen,
      ...{ port: String(port), socket: 's.sock', pid_file: 'server.pid', datadir: this.data },
      ...{ init_file: this.init_file, tmpdir: this.temporary },
    };
    const args = Object.entries(settings).map(([name, value]) => `--${name.replaceAll('_', '-')}=${value}`);
    return [...server, '--no-defaults', ...server_options, ...args];
  }

  spawn(command: readonly string[]): ReturnType<typeof spawnLogged> {
    return spawnLogged(command, this);
  }

  #own(path: string, mode: number): void {
    giveTo(this.identity, path);
    chmodSync(path, mode);
  }
}
