import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  exitCode,
  freePort,
  giveTo,
  local_host as host,
  LocalProcess,
  runningUser,
  ServerLog,
  spawnLogged,
  type Identity,
} from '../shared/local-process.js';
import { findBinaries, type Binaries, type ServerPreference } from './local-binaries.js';

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
/** A socket path longer than this is refused by the operating system (sun_path is 108 bytes). */
const longest_socket_path = 100;

export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const binaries = findBinaries(options.prefer ?? 'system');
  const place = new Place(options.directory, binaries);
  await place.initialize();
  const port = options.port ?? (await freePort());
  const run = new LocalProcess({
    ...{ server: 'PostgreSQL', log: place.log, ready_timeout_ms },
    ready_words: 'database system is ready to accept connections',
    stop_signal: 'SIGINT', // fast shutdown
    exit_signal: 'SIGQUIT',
    spawn: () => place.spawn('postgres', place.serverArgs(port, { ...default_settings, ...options.settings })),
  });
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
    crash: () => run.untilReady(() => process.kill(walWriterOf(run.pid), 'SIGKILL')),
  };
}

/** The server's directory and how programs run in it. PostgreSQL refuses to run as root. */
class Place {
  readonly data: string;
  readonly log: ServerLog;
  readonly identity = runningUser('PostgreSQL', ['postgres', 'nobody']);

  constructor(
    readonly directory: string,
    readonly binaries: Binaries,
  ) {
    this.data = join(directory, 'data');
    this.log = new ServerLog(join(directory, 'server.log'));
  }

  async initialize(): Promise<void> {
    this.#makeDirectory();
    this.#own(this.directory);
    if (existsSync(join(this.data, 'PG_VERSION'))) return;
    const options = ['-U', superuser, '-A', 'trust', '-N', '--no-locale', '-E', 'UTF8'];
    const code = await exitCode(this.spawn('initdb', ['-D', this.data, ...options]));
    if (code !== 0) throw new Error(`initdb failed (${String(code)}): ${this.log.tail()}`);
  }

  /**
   * As root the server runs as another user, who must reach the directory. What is made here is opened to passers-by
   * (never to readers); a directory that was there is left as its owner wants it, and named.
   */
  #makeDirectory(): void {
    const first_made = mkdirSync(this.directory, { recursive: true });
    if (this.identity.uid === undefined) return;
    for (let path = dirname(resolve(this.directory)); path !== dirname(path); path = dirname(path)) {
      const is_made = first_made !== undefined && path.startsWith(resolve(first_made));
      if (is_made) chmodSync(path, 0o711);
      else if (!mayPass(statSync(path), this.identity)) throw new Error(closedTo(path, this.identity.uid));
    }
  }

  serverArgs(port: number, chosen: Readonly<Record<string, string>>): readonly string[] {
    const socket = this.directory.length <= longest_socket_path ? this.directory : '';
    const settings = { ...chosen, port: String(port), unix_socket_directories: socket };
    return ['-D', this.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  }

  spawn(program: string, args: readonly string[]): ReturnType<typeof spawnLogged> {
    return spawnLogged([join(this.binaries.bin, program), ...args], this);
  }

  #own(path: string): void {
    if (this.identity.uid === undefined) return;
    giveTo(this.identity, path);
    chmodSync(path, 0o755);
  }
}

function mayPass({ uid, gid, mode }: Stats, identity: Identity): boolean {
  if (uid === identity.uid) return (mode & 0o100) !== 0;
  return (mode & (gid === identity.gid ? 0o010 : 0o001)) !== 0;
}

const closedTo = (path: string, uid: number): string =>
  `PostgreSQL refuses to run as root, and user ${uid}, whom it runs as instead, may not pass through ${path}. ` +
  `Allow it with: chmod o+x ${path}, choose another directory, or do not run as root`;

/** Any process on shared memory will do; the WAL writer is always there and serves no one. Linux only. */
function walWriterOf(postmaster: number): number {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('walwriter'));
  if (found === undefined) throw new Error('the server has no WAL writer yet');
  return Number(found);
}
