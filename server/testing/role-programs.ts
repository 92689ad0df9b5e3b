import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ConfigInput } from '../config/schema.js';
import { startProgram } from './program.js';
import type { Program } from './program.js';
import type { ServedStore } from './served-store.js';
import { until } from './until.js';

/** A role as it ships, in a process of its own, answering at `url`. */
export interface Started {
  readonly program: Program;
  readonly url: string;
}

const token = 'role-token-of-24-characters';

/** Roles of one installation: one store, one bus, a data directory each. */
export class RolePrograms {
  readonly #programs: Program[] = [];

  constructor(
    readonly served: ServedStore,
    readonly config: ConfigInput,
  ) {}

  /** Writes the configuration of a process of this name; gives its arguments. */
  configure(name: string): readonly string[] {
    const config: ConfigInput = {
      ...this.config,
      data_directory: `./${name}`,
      store: { uri: this.served.uri },
      api: { port: 0, tokens: [{ name: 'tester', role: 'admin', credential: 'env:ROLE_TOKEN' }] },
      preview: { enabled: false },
      clickhouse_endpoint: { enabled: false },
    };
    writeFileSync(join(this.served.directory, `${name}.yml`), stringify(config));
    return ['--config', `${name}.yml`];
  }

  async start(role: string, name: string): Promise<Started> {
    const program = startProgram([role, ...this.configure(name)], {
      working_directory: this.served.directory,
      environment: { ROLE_TOKEN: token },
    });
    this.#programs.push(program);
    const urlSaid = () => /(?:Health|API) +(http:\/\/[^/]+)/.exec(program.stdout())?.[1];
    const url = await until(`${name} is up`, urlSaid).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${program.stdout()}${program.stderr()}`);
    });
    return { program, url };
  }

  async close(): Promise<void> {
    for (const program of this.#programs) program.kill('SIGKILL');
    await Promise.all(this.#programs.map(({ ended }) => ended));
  }
}

export const call = ({ url }: Started, path: string, body?: object): Promise<Response> =>
  fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });

/** Runs of jobs that ended in this process. */
export async function jobRuns(started: Started): Promise<number> {
  const text = await (await call(started, '/metrics')).text();
  const counts = [...text.matchAll(/^plumbline_job_seconds_count\{[^}]*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
