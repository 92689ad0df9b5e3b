import { lstat, lutimes, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ProblemError } from '@plumbline/contracts';

/**
 * One process per directory. Node has no flock, so the lock is a symbolic link that names its holder (host, pid and the
 * process's start time, because a pid is used again); a holder that was killed is recognised as gone. A holder on
 * another host (a shared volume) cannot be looked at: it counts as gone when it has not touched the link for 30 s.
 * A link, because its text lies in the inode: whoever was killed by a full disk starts again on it and empties it.
 */
interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly started: string;
  readonly token: string;
}

const touch_interval_ms = 5_000;
const silent_holder_ms = 30_000;
/** Of a link's 59 bytes that ext4 keeps in the inode, after pid, start and token: what is longer is told by its end. */
const host_characters = 26;

export interface DirectoryLock {
  release(): Promise<void>;
}

export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(directory, 'lock');
  const me: Holder = {
    host: thisHost(),
    pid: process.pid,
    started: (await startOf(process.pid)) ?? '',
    token: randomBytes(4).toString('hex'),
  };
  await take(directory, path, textOf(me));
  const touching = setInterval(() => void touch(path), touch_interval_ms).unref();
  return {
    async release() {
      clearInterval(touching);
      if ((await readHolder(path))?.token === me.token) await rm(path, { force: true });
    },
  };
}

/** symlink() fails when the name exists: of two processes one wins. */
async function take(directory: string, path: string, mine: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await symlink(mine, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readHolder(path);
    if (holder !== undefined && (await isHeld(holder, path))) throw heldBy(directory, holder);
    await removeStale(path, holder);
  }
  throw heldBy(directory, await readHolder(path));
}

async function isHeld(holder: Holder, path: string): Promise<boolean> {
  if (holder.host !== thisHost()) {
    const touched = await lstat(path).catch(() => undefined);
    return touched !== undefined && Date.now() - touched.mtimeMs < silent_holder_ms;
  }
  return (await startOf(holder.pid)) === holder.started;
}

/** Moved aside first: if somebody took the lock in between, it is his file that was moved, and he gets it back. */
async function removeStale(path: string, seen: Holder | undefined): Promise<void> {
  const aside = `${path}.stale.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readHolder(aside);
  if (moved !== undefined && moved.token !== seen?.token) await symlink(textOf(moved), path).catch(() => undefined);
  await rm(aside, { force: true });
}

const textOf = ({ host, pid, started, token }: Holder): string => [host, pid, started, token].join('/');

/** Undefined: no link, or none of ours. */
async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readlink(path).catch(() => '');
  const [, host, pid, started, token] = /^([^/]+)\/(\d+)\/(\d*)\/(\w+)$/.exec(text) ?? [];
  if (host === undefined || started === undefined || token === undefined) return undefined;
  return { host, pid: Number(pid), started, token };
}

/** Hosts with one ending are told apart by the checksum before it. */
function thisHost(): string {
  const host = hostname();
  if (Buffer.byteLength(host) <= host_characters) return host;
  const checksum = createHash('sha256').update(host).digest('hex').slice(0, 8);
  return `${checksum}~${host.slice(checksum.length + 1 - host_characters)}`;
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await lutimes(path, now, now).catch(() => undefined);
}

/** Undefined: no such process. '' where there is no /proc: then the pid alone has to do. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Field 22; counted from behind the name, which may hold spaces and parentheses. A zombie holds nothing any more.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : (fields[19] ?? '');
}

function heldBy(directory: string, holder: Holder | undefined): ProblemError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new ProblemError([
    {
      where: 'outbox',
      field: directory,
      message: `the directory is in use by ${who}`,
      mend: 'Stop that process, or give this one a data directory of its own.',
    },
  ]);
}
