import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Role } from '@plumbline/contracts';
import { ProblemError, roles } from '@plumbline/contracts';
import { z } from 'zod';
import type { Config } from '../config/schema.js';
import { writeAtomically } from './atomic-file.js';
import { resolveReference } from './reference.js';
import type { ReferenceSource } from './reference.js';
import type { Secrets } from './secrets.js';

/** Who calls: the actor of events and audit lines. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
}

export interface Tokens {
  /** Constant in time whatever is presented. */
  callerOf(token: string): Caller | undefined;
  /** For this machine's own use (preview host, command line): the token of one role. */
  tokenOf(role: Role): string | undefined;
  /** Where the generated tokens are; undefined when the configuration names its own. */
  readonly generated_path: string | undefined;
}

const shortest_token = 16;
export const token_file = 'tokens.json';
const token_file_schema = z.strictObject(
  Object.fromEntries(roles.map((role) => [role, z.string().min(shortest_token)])) as Record<Role, z.ZodString>,
);

/** @throws ProblemError for every configured token that cannot be had, all at once. */
export async function openTokens(
  { api, data_directory }: Pick<Config, 'api' | 'data_directory'>,
  source: ReferenceSource,
  secrets: Secrets,
): Promise<Tokens> {
  if (api.tokens.length > 0) return tokensOf(await configured(api.tokens, source), secrets, undefined);
  const path = join(data_directory, token_file);
  const generated = (await readTokenFile(path)) ?? (await generate(path));
  const known = roles.map((role) => ({ name: role, role, token: generated[role] }));
  return tokensOf(known, secrets, path);
}

type Known = Caller & { readonly token: string };

async function configured(tokens: Config['api']['tokens'], source: ReferenceSource): Promise<readonly Known[]> {
  const resolved = await Promise.allSettled(
    tokens.map(async ({ name, role, credential }, place) => {
      const field = `api.tokens[${place}].credential`;
      const token = await resolveReference(credential, field, source);
      if (token.length >= shortest_token) return { name, role, token };
      const message = `is a token of fewer than ${shortest_token} characters`;
      throw new ProblemError([
        { where: 'credentials', field, message, mend: 'Make one with: openssl rand -base64 32' },
      ]);
    }),
  );
  const problems = resolved.flatMap((one) => {
    if (one.status === 'fulfilled') return [];
    if (one.reason instanceof ProblemError) return one.reason.problems;
    throw one.reason;
  });
  if (problems.length > 0) throw new ProblemError(problems);
  return resolved.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** The generated tokens, for the command line on the same machine; undefined when there are none. */
export async function readTokenFile(path: string): Promise<Readonly<Record<Role, string>> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return token_file_schema.parse(JSON.parse(text));
  } catch {
    const mend = 'Remove the file: new tokens are generated at the next start.';
    throw new ProblemError([{ where: path, field: '(whole)', message: 'is not a file of tokens', mend }]);
  }
}

async function generate(path: string): Promise<Readonly<Record<Role, string>>> {
  const made = Object.fromEntries(roles.map((role) => [role, `${role}-${randomBytes(24).toString('base64url')}`]));
  await writeAtomically(path, `${JSON.stringify(made, null, 2)}\n`);
  return token_file_schema.parse(made);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function tokensOf(known: readonly Known[], secrets: Secrets, generated_path: string | undefined): Tokens {
  known.forEach(({ token }) => secrets.remember(token));
  const digests = known.map((one) => ({ ...one, digest: digest(one.token) }));
  return {
    generated_path,
    callerOf(token) {
      const presented = digest(token);
      // Every known token is compared, so that the time tells neither which one nor how far it matched.
      const matching = digests.filter((one) => timingSafeEqual(one.digest, presented));
      const [caller] = matching;
      return caller === undefined ? undefined : { name: caller.name, role: caller.role };
    },
    tokenOf: (role) => known.find((one) => one.role === role)?.token,
  };
}
