import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { Problem } from '@plumbline/contracts';
import { ProblemError } from '@plumbline/contracts';

/** Where references point to: given once at start, so that tests need not touch the process. */
export interface ReferenceSource {
  readonly environment: NodeJS.ProcessEnv;
  readonly working_directory: string;
}

/** The secret behind `env:NAME` or `file:/path`. @throws ProblemError naming `field` and what to set. */
export async function resolveReference(reference: string, field: string, source: ReferenceSource): Promise<string> {
  const name = reference.slice(reference.indexOf(':') + 1);
  if (reference.startsWith('env:')) {
    const secret = source.environment[name];
    if (secret === undefined || secret === '') throw missing(field, `the variable ${name} is not set`, `Set ${name}.`);
    return secret;
  }
  if (!reference.startsWith('file:')) {
    throw missing(field, 'is not a reference to a secret', 'Write env:NAME or file:/path.');
  }
  const path = isAbsolute(name) ? name : resolve(source.working_directory, name);
  try {
    // Editors end files with a line break that is not part of the secret.
    const secret = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    if (secret !== '') return secret;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    throw missing(field, `the file ${path} cannot be read (${code})`, 'Create it, readable for this user only.');
  }
  throw missing(field, `the file ${path} is empty`, 'Write the secret into it.');
}

const missing = (field: string, message: string, mend: string): ProblemError =>
  new ProblemError([{ where: 'credentials', field, message, mend } satisfies Problem]);
