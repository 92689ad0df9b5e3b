import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from 'chdb';
import { storeError } from '../store-error.js';
import { openSession } from './open-directory.js';

/** One statement on a session of its own: settings and parameters cannot leak into another's. */
export interface PrivateStatement {
  readonly directory: string;
  readonly database_name: string;
  readonly sql: string;
  readonly format: string;
  /** Rows sent with the statement, already checked; the statement then names the table only. */
  readonly insert?: { readonly table: string; readonly bytes: Buffer; readonly token: string } | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Parameters already written as a client sends them in `param_name`. */
  readonly param_texts?: Readonly<Record<string, string>> | undefined;
  /** Given when the session opens; the statement's text cannot undo them (readonly, limits). */
  readonly fixed_settings?: Readonly<Record<string, string | number>> | undefined;
  readonly settings?: Readonly<Record<string, string | number>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StatementAnswer {
  readonly bytes: Uint8Array;
  readonly elapsed_s: number;
  readonly rows_read: number;
}

const kill_again_ms = 50;

export async function runPrivately(statement: PrivateStatement): Promise<StatementAnswer> {
  const { signal } = statement;
  signal?.throwIfAborted();
  const tag = randomUUID();
  const session = openSessionOrThrow(statement, tag);
  try {
    await session.queryAsync(prelude(statement), { format: 'Null' });
    signal?.throwIfAborted();
    const answer = send(session, statement);
    const stop_killing = killOnAbort(statement, tag);
    try {
      return await answer;
    } finally {
      await stop_killing();
    }
  } catch (cause) {
    await dropLeftoverBytes(session);
    if (signal?.aborted) throw signal.reason;
    throw storeError(cause);
  } finally {
    session.close();
  }
}

/** The tag is how an abort finds the statement: the engine gives query ids itself and does not tell them. */
function openSessionOrThrow(statement: PrivateStatement, tag: string): Session {
  try {
    return openSession(statement.directory, { ...statement.fixed_settings, log_comment: tag });
  } catch (cause) {
    throw storeError(cause);
  }
}

async function send(session: Session, statement: PrivateStatement): Promise<StatementAnswer> {
  if (statement.insert) {
    const { table, bytes, token } = statement.insert;
    // The bytes go to the engine as they are, parsed off this thread; the whole statement is never one JS string.
    const summary = await session.insert({
      table,
      values: bytes,
      format: 'JSONEachRow',
      settings: { insert_deduplication_token: token },
    });
    return { bytes: new Uint8Array(0), elapsed_s: summary.elapsed, rows_read: summary.rowsWritten };
  }
  const result = await session.queryAsync(statement.sql, { format: statement.format });
  return { bytes: result.bytes(), elapsed_s: result.elapsed, rows_read: result.rowsRead };
}

/** `--database` is ignored by the engine once it runs (measured on chdb 3.4.0), hence USE. */
function prelude(statement: PrivateStatement): string {
  const settings = Object.entries(statement.settings ?? {}).map(([name, value]) => assignment(name, String(value)));
  const params = Object.entries(statement.params ?? {}).map(([name, value]) =>
    assignment(`param_${name}`, parameterText(value)),
  );
  const sent = Object.entries(statement.param_texts ?? {}).map(([name, text]) => assignment(`param_${name}`, text));
  const all = [...settings, ...params, ...sent];
  const use = `USE ${quoteName(statement.database_name)}`;
  return all.length === 0 ? use : `${use}; SET ${all.join(', ')}`;
}

function assignment(name: string, value: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`"${name}" is not a setting or parameter name`);
  return `${name} = ${quoteText(value)}`;
}

/**
 * Aborting a call only stops the waiting for it; the engine is told by KILL QUERY, from another session. It is always
 * ASYNC: SYNC waits for the dead query's session to be used again and hangs for ever. Repeated until the statement is
 * answered, because at the first try it may not yet be listed.
 */
function killOnAbort(statement: PrivateStatement, tag: string): () => Promise<void> {
  const { signal } = statement;
  if (!signal) return () => Promise.resolve();
  let is_answered = false;
  let killing: Promise<void> = Promise.resolve();
  const kill = async (): Promise<void> => {
    const killer = openSession(statement.directory);
    try {
      while (!is_answered) {
        const kill_sql = `KILL QUERY WHERE Settings['log_comment'] = ${quoteText(tag)} ASYNC`;
        await killer.queryAsync(kill_sql, { format: 'Null' }).catch(() => undefined);
        await sleep(kill_again_ms);
      }
    } finally {
      killer.close();
    }
  };
  const onAbort = (): void => {
    killing = kill();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return async () => {
    is_answered = true;
    signal.removeEventListener('abort', onAbort);
    await killing;
  };
}

/** After a statement failed midway its bytes are put before the next answer of that session (chdb 3.4.0). */
async function dropLeftoverBytes(session: Session): Promise<void> {
  await session.queryAsync('SELECT 1', { format: 'Null' }).catch(() => undefined);
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
};
export const quoteText = (text: string): string =>
  `'${text.replace(/[\\'\n\r\t\0]/g, (char) => escapes[char] ?? char)}'`;
export const quoteName = (name: string): string => `\`${name.replace(/[\\`]/g, '\\$&')}\``;

/** Parameters are read as TSV fields ("escaped" text), so control characters and backslashes are escaped once more. */
export function parameterText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(elementText).join(',')}]`;
  if (value === null) return '\\N';
  if (typeof value === 'boolean') return value ? '1' : '0';
  return String(value).replace(/[\\\n\r\t\0]/g, (char) => escapes[char] ?? char);
}

const elementText = (value: unknown): string =>
  typeof value === 'string' ? quoteText(value) : value === null ? 'NULL' : parameterText(value);
