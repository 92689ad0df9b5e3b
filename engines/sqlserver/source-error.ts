import { SourceError } from '@plumbline/contracts';
import { ServerError, unforeseen, type Explain, type Where } from '../shared/server-error.js';
import { by_code, by_number, message_rules } from './server-errors.js';

/** A login that failed, with the server's numbers that the driver drops. */
export class LoginError extends Error {
  constructor(
    readonly numbers: readonly number[],
    cause: unknown,
  ) {
    super('login failed', { cause });
    this.name = 'LoginError';
  }
}

/** By the server's error number; 0 where it gave none. */
export class SqlServerError extends ServerError<number> {}

export const hasCode = (error: unknown, code: number): boolean =>
  error instanceof SqlServerError && error.code === code;

/** Numbers of a missing grant: on an object, an action, a server permission, a database permission. */
export const permission_codes: ReadonlySet<number> = new Set([229, 262, 297, 300, 371, 916]);
export const lock_timeout_code = 1222;

/**
 * What went wrong and how to mend it, in our own words: a driver's or server's message may quote a literal or a
 * password, so it is never passed on, nor kept as the cause.
 */
export function sourceError(error: unknown, target: Where, database_name = target.database_name): SourceError {
  if (error instanceof SourceError) return error;
  const where = { ...target, database_name };
  const numbers = numbersOf(error);
  for (const number of numbers) {
    const explain = by_number[number];
    if (explain !== undefined) return new SqlServerError(number, explain(where));
  }
  const explain = byMessage(error) ?? by_code[codeOf(error)];
  const code = numbers[0] ?? 0;
  return new SqlServerError(code, explain?.(where) ?? unforeseen(code, error, where, "the server's error log"));
}

/** The last error is the statement's; what the server said before it often is the cause. */
function numbersOf(error: unknown): number[] {
  if (error instanceof LoginError) return [...error.numbers].filter((number) => number > 0);
  if (typeof error !== 'object' || error === null) return [];
  const own = 'number' in error && typeof error.number === 'number' ? [error.number] : [];
  const preceding = 'precedingErrors' in error && Array.isArray(error.precedingErrors) ? error.precedingErrors : [];
  return [...own, ...preceding.flatMap((one: unknown) => numbersOf(one))];
}

/** The innermost code: a socket's, under the driver's own. */
function codeOf(error: unknown): string {
  const inner = innerOf(error)
    .map(codeOf)
    .find((code) => code in by_code);
  if (inner !== undefined) return inner;
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

const messagesOf = (error: unknown): string =>
  error instanceof Error ? [error.message, ...innerOf(error).map(messagesOf)].join('\n') : '';

/** What an error wraps: mssql keeps `originalError`, tedious `cause`, a socket that tried several addresses `errors`. */
function innerOf(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  const original = 'originalError' in error ? [error.originalError] : [];
  const several = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [...original, error.cause, ...several].filter((one) => one !== undefined && one !== error);
}

function byMessage(error: unknown): Explain | undefined {
  const messages = messagesOf(error);
  return message_rules.find(([pattern]) => pattern.test(messages))?.[1];
}
