import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { InstanceConfig, ViewAnswer, ViewName, ViewParams, ViewRow } from '@plumbline/contracts';
import type { ConfigInput } from '../config/schema.js';

const bin = fileURLToPath(new URL('../../bin/plumbline.js', import.meta.url));
const token = 'acceptance-token-of-24-chars';

/** The program as it ships, in a process of its own, asked over HTTP as the pages ask it. */
export interface PlumblineProcess {
  readonly pid: number;
  readonly api_url: string;
  /** Everything it wrote to stdout and stderr so far. */
  output(): string;
  ask<Name extends ViewName>(name: Name, params: ViewParams<Name>): Promise<readonly ViewRow<Name>[]>;
  get(path: string): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export async function startPlumbline(
  instances: readonly InstanceConfig[],
  analytics: ConfigInput['analytics'],
): Promise<PlumblineProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-acceptance-'));
  const [api_port, endpoint_port] = [await freePort(), await freePort()];
  const config: ConfigInput = {
    data_directory: join(directory, 'data'),
    api: { port: api_port, tokens: [{ name: 'acceptance', role: 'admin', credential: 'env:ACCEPTANCE_TOKEN' }] },
    clickhouse_endpoint: { port: endpoint_port },
    preview: { enabled: false },
    analytics,
    instances: [...instances],
  };
  const file = join(directory, 'plumbline.yml');
  writeFileSync(file, stringify(config));

  const child = spawn(process.execPath, [bin, 'start', '--config', file], {
    env: { ...process.env, NODE_OPTIONS: '', ACCEPTANCE_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));

  const api_url = `http://127.0.0.1:${api_port}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const get = (path: string) => fetch(`${api_url}${path}`, { headers });
  const running: PlumblineProcess = {
    pid: child.pid ?? 0,
    api_url,
    output: () => output,
    get,
    async ask<Name extends ViewName>(name: Name, params: ViewParams<Name>) {
      const query = new URLSearchParams();
      for (const [key, value] of Object.entries(params)) query.set(key, String(value));
      const response = await get(`/api/v1/views/${name}?${query.toString()}`);
      if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
      return ((await response.json()) as ViewAnswer<ViewRow<Name>>).rows;
    },
    post: (path, body) => fetch(`${api_url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const code = await exited;
      rmSync(directory, { recursive: true, force: true });
      return code;
    },
  };
  await untilReady(running, child);
  return running;
}

async function untilReady(running: PlumblineProcess, child: { readonly exitCode: number | null }): Promise<void> {
  for (let waited_ms = 0; waited_ms < 30_000; waited_ms += 200) {
    if (child.exitCode !== null) throw new Error(`plumbline ended at start:\n${running.output()}`);
    const response = await running.get('/ready').catch(() => undefined);
    if (response?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`plumbline is not ready after 30 s:\n${running.output()}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
