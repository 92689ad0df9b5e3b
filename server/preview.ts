import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Log } from '@plumbline/collector';

/** The pages in a browser without Grafana: a process of its own, so that a fault there leaves collecting alone. */
export interface Preview {
  readonly url: string;
  stop(): Promise<void>;
}

export interface PreviewOptions {
  readonly port: number;
  readonly grafana: string;
  readonly api_url: string;
  readonly clickhouse_url: string | undefined;
  /** The pages act as this token; it travels by environment, never on a command line. */
  readonly token: string;
  readonly log: Log;
}

const plugin_folder = new URL('../../plugin/', import.meta.url);
const script = new URL('host/serve.mjs', plugin_folder);
const ready_within_ms = 30_000;
const stop_within_ms = 2_000;

/** Undefined when it is there; else why the preview cannot be shown. */
export function previewGap(): string | undefined {
  if (!existsSync(script)) return 'the preview host is not part of this installation';
  if (!existsSync(new URL('dist/module.js', plugin_folder))) return 'the pages are not built: npm run build -w plugin';
  return undefined;
}

/** @throws Error when the host ends or says nothing within half a minute. */
export async function startPreview(options: PreviewOptions): Promise<Preview> {
  const child = spawn(process.execPath, [fileURLToPath(script), ...argumentsOf(options)], {
    env: { ...process.env, PLUMBLINE_TOKEN: options.token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const last_lines = lastLines(child, options.log);
  try {
    const url = await readyUrl(child, last_lines);
    child.once('exit', (code) => options.log('warn', 'The preview host ended', { code }));
    return { url, stop: () => stopChild(child) };
  } catch (error) {
    await stopChild(child);
    throw error;
  }
}

function argumentsOf({ port, api_url, clickhouse_url, grafana }: PreviewOptions): string[] {
  const clickhouse = clickhouse_url === undefined ? [] : ['--clickhouse-url', clickhouse_url];
  return ['--port', String(port), '--api-url', api_url, ...clickhouse, '--grafana', grafana];
}

/** What the host wrote to its standard error, for the log, and the end of it for the error if it fails to start. */
function lastLines(child: ChildProcess, log: Log): string[] {
  const lines: string[] = [];
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log('debug', 'preview', { line });
      lines.push(line);
      if (lines.length > 5) lines.shift();
    });
  }
  return lines;
}

function readyUrl(child: ChildProcess, last_lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the preview host did not get ready in time')), ready_within_ms);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the preview host ended with ${code}: ${last_lines.join(' | ')}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = urlIn(line);
      if (url === undefined) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(url);
    });
  });
}

function urlIn(line: string): string | undefined {
  try {
    const { url } = JSON.parse(line) as { url?: unknown };
    return typeof url === 'string' ? url : undefined;
  } catch {
    return undefined;
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.removeAllListeners('exit');
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stop_within_ms);
  await ended;
  clearTimeout(timer);
}
