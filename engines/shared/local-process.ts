import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Private servers listen here and nowhere else. */
export const local_host = '127.0.0.1';

/** Whom a server's programs run as: nobody else than ourselves where it is empty. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** Ourselves, or the first of these users when we are root, whom the server refuses. Throws where there is none. */
export function runningUser(server: string, names: readonly string[]): Identity {
  if (process.getuid?.() !== 0) return {};
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of names) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error(
    `${server} refuses to run as root, and there is no user ${names.map((name) => `"${name}"`).join(' or ')}`,
  );
}

export function giveTo({ uid, gid }: Identity, path: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** The file that all programs of one server write to. */
export class ServerLog {
  constructor(readonly file: string) {}

  text(): string {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
  }

  tail(): string {
    return this.text().trimEnd().split('\n').slice(-8).join('\n');
  }
}

/** Starts a program of the server in its directory; what it says goes to the log. */
export function spawnLogged(
  [program = '', ...args]: readonly string[],
  { directory, identity, log }: { readonly directory: string; readonly identity: Identity; readonly log: ServerLog },
): ChildProcess {
  const file = openSync(log.file, 'a');
  giveTo(identity, log.file);
  const child = spawn(program, args, {
    ...identity,
    cwd: directory,
    stdio: ['ignore', file, file],
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
  });
  closeSync(file);
  return child;
}

export interface LocalProcessOptions {
  /** As errors name it. */
  readonly server: string;
  readonly spawn: () => ChildProcess;
  readonly log: ServerLog;
  /** What the server logs when it lets clients in. */
  readonly ready_words: string;
  readonly ready_timeout_ms: number;
  readonly stop_signal: NodeJS.Signals;
  /** For a parent that ends without having stopped it. */
  readonly exit_signal: NodeJS.Signals;
}

/** A server as a child of ours: it ends with us. */
export class LocalProcess {
  #child: ChildProcess | undefined;
  readonly #killAtExit = (): void => {
    this.#child?.kill(this.options.exit_signal);
  };

  constructor(readonly options: LocalProcessOptions) {}

  /** Throws when it does not run. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the server does not run');
    return pid;
  }

  /** Resolves when it lets clients in. */
  start(): Promise<void> {
    return this.untilReady(() => {
      this.#child = this.options.spawn();
      process.once('exit', this.#killAtExit);
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    process.removeListener('exit', this.#killAtExit);
    const ended = exitCode(child);
    child.kill(this.options.stop_signal);
    await ended;
  }

  /** Does what makes the server start, and waits until it says that it is ready. */
  async untilReady(begin: () => void): Promise<void> {
    const { log, ready_words, ready_timeout_ms, server } = this.options;
    const log_start = log.text().length;
    begin();
    const child = this.#child;
    let spawn_error: Error | undefined;
    child?.once('error', (error) => {
      spawn_error = error;
    });
    const deadline = Date.now() + ready_timeout_ms;
    while (Date.now() < deadline) {
      if (log.text().slice(log_start).includes(ready_words)) return;
      if (spawn_error !== undefined) throw new Error(`${server} did not start: ${spawn_error.message}`);
      if (child === undefined || hasEnded(child)) throw new Error(`${server} stopped while starting: ${log.tail()}`);
      await sleep(20);
    }
    await this.stop();
    throw new Error(`${server} was not ready within ${ready_timeout_ms / 1000} s: ${log.tail()}`);
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Null when a signal ended it. */
export function exitCode(child: ChildProcess): Promise<number | null> {
  if (hasEnded(child)) return Promise.resolve(child.exitCode);
  return new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, local_host, () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no free port'));
        else resolve(address.port);
      });
    });
  });
}
