import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries, runningUser, type Binaries, type ServerPreference } from './local-binaries.js';

/**
 * A private PostgreSQL for the demo and for tests: own data directory, loopback only, no password (trust). Never a
 * production server: it trades durability for speed (fsync=off).
 */
export interface LocalServerOptions {
  /** Made if absent; an earlier server's data in it is used again. */
  readonly directory: string;
  /** Server settings by name, over the defaults below. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Which binaries to take when both are there; the other is taken when this one is missing. */
  readonly prefer?: ServerPreference;
  readonly port?: number;
}

export interface LocalServer {
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  /** `15.18`, as the binaries say. */
  readonly server_version: string;
  readonly has_hypopg: boolean;
  url(database?: string): string;
  stop(): Promise<void>;
  /** A clean stop and start: counters are kept. */
  restart(): Promise<void>;
  /** Kills one server process with -9, so that the server goes through crash recovery; returns when it is back. */
  crash(): Promise<void>;
}

const default_settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  shared_preload_libraries: 'pg_stat_statements',
  fsync: 'off',
  synchronous_commit: 'off',
  shared_buffers: '64MB',
  max_connections: '50',
};
const ready_timeout_ms = 30_000;
const superuser = 'postgres';
const host = '127.0.0.1';
/** A socket path longer than this is refused by the operating system (sun_path is 108 bytes). */
const longest_socket_path = 100;

export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const binaries = findBinaries(options.prefer ?? 'system');
  const place = new Place(options.directory, binaries);
  await place.initialize();
  const port = options.port ?? (await freePort());
  const run = new RunningServer(place, port, { ...default_settings, ...options.settings });
  await run.start();
  return {
    host,
    port,
    superuser,
    server_version: binaries.server_version,
    has_hypopg: binaries.has_hypopg,
    url: (database = 'postgres') => `postgresql://${superuser}@${host}:${port}/${encodeURIComponent(database)}`,
    stop: () => run.stop(),
    restart: async () => {
      await run.stop();
      await run.start();
    },
    crash: () => run.crash(),
  };
}

/** The server's directory and how programs run in it. PostgreSQL refuses to run as root. */
class Place {
  readonly data: string;
  readonly log: string;
  readonly #identity = runningUser();

  constructor(
    readonly directory: string,
    readonly binaries: Binaries,
  ) {
    this.data = join(directory, 'data');
    this.log = join(directory, 'server.log');
  }

  async initialize(): Promise<void> {
    this.#makeDirectory();
    this.#own(this.directory);
    if (existsSync(join(this.data, 'PG_VERSION'))) return;
    const log = this.openLog();
    const child = this.spawn(
      'initdb',
      [...['-D', this.data, '-U', superuser, '-A', 'trust', '-N', '--no-locale', '-E', 'UTF8']],
      log,
    );
    const code = await exitCode(child);
    if (code !== 0) throw new Error(`initdb failed (${String(code)}): ${this.logTail()}`);
  }

  /**
   * As root the server runs as another user, who must reach the directory. What is made here is opened to passers-by
   * (never to readers); a directory that was there is left as its owner wants it, and named.
   */
  #makeDirectory(): void {
    const first_made = mkdirSync(this.directory, { recursive: true });
    if (this.#identity.uid === undefined) return;
    for (let path = dirname(resolve(this.directory)); path !== dirname(path); path = dirname(path)) {
      const is_made = first_made !== undefined && path.startsWith(resolve(first_made));
      if (is_made) chmodSync(path, 0o711);
      else if (!mayPass(statSync(path), this.#identity)) throw new Error(closedTo(path, this.#identity.uid));
    }
  }

  openLog(): number {
    const file = openSync(this.log, 'a');
    this.#own(this.log);
    return file;
  }

  /** Output goes to `log`, which is closed here once the child holds it. */
  spawn(program: string, args: readonly string[], log: number): ChildProcess {
    const child = spawn(join(this.binaries.bin, program), [...args], {
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

  #own(path: string): void {
    if (this.#identity.uid === undefined || this.#identity.gid === undefined) return;
    chownSync(path, this.#identity.uid, this.#identity.gid);
    if (path === this.directory) chmodSync(path, 0o755);
  }
}

type Identity = ReturnType<typeof runningUser>;

function mayPass({ uid, gid, mode }: Stats, identity: Identity): boolean {
  if (uid === identity.uid) return (mode & 0o100) !== 0;
  return (mode & (gid === identity.gid ? 0o010 : 0o001)) !== 0;
}

const closedTo = (path: string, uid: number): string =>
  `PostgreSQL refuses to run as root, and user ${uid}, whom it runs as instead, may not pass through ${path}. ` +
  `Allow it with: chmod o+x ${path}, choose another directory, or do not run as root`;

class RunningServer {
  #child: ChildProcess | undefined;
  readonly #killAtExit = (): void => {
    this.#child?.kill('SIGQUIT');
  };

  constructor(
    readonly place: Place,
    readonly port: number,
    readonly settings: Readonly<Record<string, string>>,
  ) {}

  async start(): Promise<void> {
    const socket = this.place.directory.length <= longest_socket_path ? this.place.directory : '';
    const settings = { ...this.settings, port: String(this.port), unix_socket_directories: socket };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const log_start = this.place.logText().length;
    const child = this.place.spawn('postgres', ['-D', this.place.data, ...args], this.place.openLog());
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
    child.kill('SIGINT'); // fast shutdown
    await ended;
  }

  async crash(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) throw new Error('the server does not run');
    const log_start = this.place.logText().length;
    process.kill(walWriterOf(child.pid), 'SIGKILL');
    await this.#untilReady(child, log_start);
  }

  async #untilReady(child: ChildProcess, log_start: number): Promise<void> {
    let spawn_error: Error | undefined;
    child.once('error', (error) => {
      spawn_error = error;
    });
    const deadline = Date.now() + ready_timeout_ms;
    while (Date.now() < deadline) {
      if (this.place.logText().slice(log_start).includes('database system is ready to accept connections')) return;
      if (spawn_error !== undefined) throw new Error(`PostgreSQL did not start: ${spawn_error.message}`);
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`PostgreSQL stopped while starting: ${this.place.logTail()}`);
      }
      await sleep(20);
    }
    await this.stop();
    throw new Error(`PostgreSQL was not ready within ${ready_timeout_ms / 1000} s: ${this.place.logTail()}`);
  }
}

/** Any process on shared memory will do; the WAL writer is always there and serves no one. Linux only. */
function walWriterOf(postmaster: number): number {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('walwriter'));
  if (found === undefined) throw new Error('the server has no WAL writer yet');
  return Number(found);
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
