import { accessSync, constants, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Session } from 'chdb';
import { StoreError } from '../store-error.js';
import { forgetUnwrittenTokens } from './unwritten-tokens.js';

/**
 * Asked of every session. Ids and counters are 64-bit and would lose digits as JSON numbers. Parameters are set by text,
 * and a statement of a megabyte is one, so the engine's 256 KiB for a query's text is too little.
 */
const always = ['--output_format_json_quote_64bit_integers=1', '--max_query_size=67108864'];

export function openSession(directory: string, settings: Readonly<Record<string, string | number>> = {}): Session {
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  return new Session(directory, { connectionArgs: [...always, ...args] });
}

/**
 * The first session of a directory. The engine allows one process per directory and says why it refuses only on
 * stderr, so the reason is found here.
 */
export function openDirectory(directory: string): { readonly directory: string; readonly keeper: Session } {
  const path = resolve(directory);
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new StoreError(`the data directory ${path} cannot be written by this user`, { cause });
  }
  if (!isOpenSomewhere(path)) forgetUnwrittenTokens(path);
  try {
    return { directory: path, keeper: openSession(path) };
  } catch (cause) {
    throw new StoreError(whyRefused(path, cause), { code: 76, cause });
  }
}

function whyRefused(path: string, cause: unknown): string {
  const holder = holderOf(path);
  if (holder === process.pid || /one active data directory/i.test(String(cause))) {
    return `this process already has another data directory open; the embedded engine allows one. Close it before opening ${path}`;
  }
  if (holder !== undefined) {
    return `process ${holder} has the data directory ${path} open; only one process may. Stop it, or use another directory`;
  }
  return `the embedded engine could not open the data directory ${path}; its reason is on standard error`;
}

/**
 * The engine locks `status` while it runs. Not the process id in it but the lock tells: in a container the next process
 * often has the id of the one that was killed. Where locks cannot be seen the id has to do.
 */
function isOpenSomewhere(path: string): boolean {
  try {
    const { ino } = statSync(join(path, 'status'));
    return new RegExp(`:${ino} `).test(readFileSync('/proc/locks', 'utf8'));
  } catch {
    return holderOf(path) !== undefined;
  }
}

/** The engine writes its process id into `status` while it holds the directory. */
function holderOf(path: string): number | undefined {
  try {
    const pid = Number(/PID:\s*(\d+)/.exec(readFileSync(join(path, 'status'), 'utf8'))?.[1]);
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 0 : undefined;
  }
}
