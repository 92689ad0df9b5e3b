import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A program of this folder in a process of its own, to be killed at any moment. */
export interface Child {
  readonly pid: number;
  /** Everything it has printed so far. */
  readonly lines: readonly string[];
  /** The first line that begins so; rejects when the program ends before. */
  line(beginning: string): Promise<string>;
  /** Resolves when it has ended; a second call does nothing. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export type Program = 'emitter' | 'sink-runner' | 'store-server';

const poll_ms = 20;
const alive = new Set<ChildProcess>();
process.once('exit', () => alive.forEach((child) => child.kill('SIGKILL')));

export function startChild(program: Program, settings: object): Child {
  const path = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', UV_THREADPOOL_SIZE: '12' },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} cannot be started`);
  alive.add(child);
  let output = '';
  let errors = '';
  let has_ended = false;
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      alive.delete(child);
      has_ended = true;
      resolve();
    }),
  );
  const linesOf = (): readonly string[] => output.split('\n').slice(0, -1);
  return {
    pid,
    get lines() {
      return linesOf();
    },
    async line(beginning) {
      for (;;) {
        const found = linesOf().find((line) => line.startsWith(beginning));
        if (found !== undefined) return found;
        if (has_ended) throw new Error(`${program} ended before it said "${beginning}": ${errors.slice(-2_000)}`);
        await sleep(poll_ms);
      }
    },
    async end(signal) {
      if (!has_ended) child.kill(signal);
      await ended;
    },
  };
}
