import { join } from 'node:path';
import { problem_json_schema } from '@plumbline/contracts';
import type { Role } from '@plumbline/contracts';
import { readTokenFile, token_file } from '../credentials/tokens.js';
import { findServer } from '../server-file.js';
import { CommandFailure } from './command-failure.js';
import { exit_codes } from './exit-codes.js';

/** The running server of a data directory, asked over its own API. */
export interface ApiClient {
  readonly api_url: string;
  /** @throws CommandFailure with the server's own words when it refuses, or when it does not answer. */
  ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>;
}

const answers_within_ms = 60_000;

/** Undefined when no server runs on this data directory. PLUMBLINE_TOKEN is used before the generated ones. */
export async function findApi(data_directory: string, role: Role): Promise<ApiClient | undefined> {
  const server = await findServer(data_directory);
  if (server === undefined) return undefined;
  const token = process.env.PLUMBLINE_TOKEN ?? (await readTokenFile(join(data_directory, token_file)))?.[role];
  if (token === undefined) {
    throw new CommandFailure(
      `A server runs at ${server.api_url}. Set PLUMBLINE_TOKEN to one of its ${role} tokens.`,
      exit_codes.wrong_configuration,
    );
  }
  return {
    api_url: server.api_url,
    ask: (method, path, body) => ask(`${server.api_url}/api/v1${path}`, method, token, body),
  };
}

async function ask<T>(url: string, method: string, token: string, body: unknown): Promise<T> {
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(answers_within_ms),
  }).catch((error: unknown) => {
    const why = error instanceof Error && error.name === 'TimeoutError' ? 'in time' : 'at all';
    throw new CommandFailure(`The server at ${url} does not answer ${why}.`, exit_codes.no_answer);
  });
  const given: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return given as T;
  throw new CommandFailure(refusalText(answer.status, given), exit_codes.something_is_wrong);
}

function refusalText(status: number, given: unknown): string {
  const problem = problem_json_schema.safeParse(given);
  if (!problem.success) return `The server answered ${status}.`;
  const lines = problem.data.problems.map(({ field, message, mend }) => `  ${field}: ${message}. ${mend}`);
  return [problem.data.detail, ...lines].join('\n');
}
