import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, openSync, closeSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findMariadb, runningUser, type Binaries } from './local-binaries.js';

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
const host = '127.0.0.1';

export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const binaries = options.binaries ?? findMariadb();
  const place = new Place(options.directory, binaries);
  await place.initialize();
  const port = await freePort();
  const run = new RunningServer(place, port, { ...default_settings, ...options.settings });
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
  readonly log: string;
  readonly init_file: string;
  readonly password: string;
  readonly #identity = runningUser();

  constructor(
    readonly directory: string,
    readonly binaries: Binaries,
  ) {
    this.data = join(directory, 'data');
    this.temporary = join(directory, 'tmp');
    this.log = join(directory, 'server.log');
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
    if (code !== 0) throw new Error(`making the data directory failed (${String(code)}): ${this.logTail()}`);
  }

  spawn([program = '', ...args]: readonly string[]): ChildProcess {
    const log = openSync(this.log, 'a');
    this.#own(this.log, 0o600);
    const child = spawn(program, args, {
      ...this.#identity,
      cwd: this.directory,
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    });
    closeSync(log);
    return child;
  }

  logText(): string {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8') : '';
  }

  logTail(): string {
    return this.logText().trimEnd().split('\n').slice(-8).join('\n');
  }

  #own(path: string, mode: number): void {
    const { uid, gid } = this.#identity;
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
    chmodSync(path, mode);
  }
}

class RunningServer {
  #child: ChildProcess | undefined;
  readonly #killAtExit = (): void => {
    this.#child?.kill('SIGKILL');
  };

  constructor(
    readonly place: Place,
    readonly port: number,
    readonly settings: Readonly<Record<string, string>>,
  ) {}

  async start(): Promise<void> {
    const { server, server_options } = this.place.binaries;
    const settings = {
      ...this.settings,
      ...{ port: String(this.port), socket: 's.sock', pid_file: 'server.pid', datadir: this.place.data },
      ...{ init_file: this.place.init_file, tmpdir: this.place.temporary },
    };
    const args = Object.entries(settings).map(([name, value]) => `--${name.replaceAll('_', '-')}=${value}`);
    const log_start = this.place.logText().length;
    const child = this.place.spawn([...server, '--no-defaults', ...server_options, ...args]);
    this.#child = child;
    process.once('exit', this.#killAtExit);
    await this.#untilReady(child, log_start);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    process.removeListener('exit', this.#killAtExit);
    const ended = exitCode(child);
    child.kill('SIGTERM');
    await ended;
  }

  async #untilReady(child: ChildProcess, log_start: number): Promise<void> {
    let spawn_error: Error | undefined;
    child.once('error', (error) => {
      spawn_error = error;
    });
    const deadline = Date.now() + ready_timeout_ms;
    while (Date.now() < deadline) {
      if (this.place.logText().slice(log_start).includes('ready for connections')) return;
      if (spawn_error !== undefined) throw new Error(`the server did not start: ${spawn_error.message}`);
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the server stopped while starting: ${this.place.logTail()}`);
      }
      await sleep(20);
    }
    await this.stop();
    throw new Error(`the server was not ready within ${ready_timeout_ms / 1000} s: ${this.place.logTail()}`);
  }
}

function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no free port'));
        else resolve(address.port);
      });
    });
  });
}
