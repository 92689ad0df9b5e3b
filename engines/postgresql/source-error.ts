import { SourceError } from '@plumbline/contracts';
import {
  at,
  ServerError,
  socketProblems,
  unforeseen,
  unreachableBy,
  untrusted,
  type Explain,
  type Where,
} from '../shared/server-error.js';

/** By SQLSTATE. */
export class PostgresqlError extends ServerError<string> {}

/**
 * What went wrong and how to mend it, in our own words: a driver's or server's message may quote a literal or a
 * password, so it is never passed on, nor kept as the cause.
 */
export function sourceError(error: unknown, where: Where): SourceError {
  if (error instanceof SourceError) return error;
  const code = sqlstateOf(error);
  const explain = by_code[code] ?? byMessage(error);
  return new PostgresqlError(code, explain?.(where) ?? unforeseen(code, error, where, 'the server log'));
}

export const sqlstateOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

const unreachable = unreachableBy(
  (where) =>
    `Check host and port, that the server runs, its listen_addresses, and any firewall between: pg_isready -h ${where.host} -p ${where.port}`,
);

const by_code: Readonly<Record<string, Explain>> = {
  ...socketProblems(unreachable),
  '28P01': (where) => ({
    failure: 'wrong_password',
    message: `${at(where)} refused the password of "${where.user_name}"`,
    fix: `Correct the credential of this instance, or set the role's password: ALTER ROLE "${where.user_name}" PASSWORD '…'`,
  }),
  '28000': (where) => ({
    failure: 'denied',
    message: `${at(where)} lets "${where.user_name}" not connect: no such role, no LOGIN, or no line in pg_hba.conf`,
    fix: `CREATE ROLE "${where.user_name}" LOGIN CONNECTION LIMIT 8; and a line in pg_hba.conf: hostssl ${where.database_name} ${where.user_name} <collector address>/32 scram-sha-256`,
  }),
  '3D000': (where) => ({
    failure: 'no_database',
    message: `${at(where)} has no database "${where.database_name}"`,
    fix: 'Set database_name of this instance to one that psql -l lists',
  }),
  '53300': (where) => ({
    failure: 'denied',
    message: `${at(where)} has no connection left for "${where.user_name}" (2 are needed)`,
    fix: `ALTER ROLE "${where.user_name}" CONNECTION LIMIT 8; or raise max_connections`,
  }),
  '42501': (where) => ({
    failure: 'denied',
    message: `"${where.user_name}" lacks a privilege in "${where.database_name}"`,
    fix: `GRANT pg_monitor TO "${where.user_name}"; GRANT CONNECT ON DATABASE "${where.database_name}" TO "${where.user_name}"`,
  }),
  '55P03': () => ({
    failure: 'timeout',
    message: 'gave way to a lock that another session holds (lock_timeout 500 ms); the next reading tries again',
    fix: "SELECT pid, query FROM pg_stat_activity WHERE pid IN (SELECT pid FROM pg_locks WHERE mode = 'AccessExclusiveLock')",
  }),
  '57014': () => ({
    failure: 'timeout',
    message: 'the server did not answer within 5 s (statement_timeout); the next reading tries again',
    fix: 'Look at the load of the server; ask less often by raising interval_s of this aspect',
  }),
  '57P03': unreachable('is starting up or shutting down'),
  '57P01': unreachable('closed the connection'),
  '57P02': unreachable('crashed while it answered'),
};

const message_rules: readonly (readonly [RegExp, Explain])[] = [
  [
    /does not support SSL/i,
    (where) => ({
      failure: 'unreachable',
      message: `${at(where)} does not offer TLS`,
      fix: 'Turn TLS on in the server (ssl = on), or set tls: off for this instance',
    }),
  ],
  [/certificate|self.signed|altname/i, untrusted],
  [
    /SASL|password must be a string/i,
    (where) => ({
      failure: 'wrong_password',
      message: `${at(where)} asks a password of "${where.user_name}" and none was given`,
      fix: 'Set credential of this instance: env:NAME or file:/path',
    }),
  ],
  [/timeout expired|Query read timeout/i, unreachable('does not answer in time')],
  [/Connection terminated|not queryable|Client was closed/i, unreachable('closed the connection')],
];

function byMessage(error: unknown): Explain | undefined {
  const message = error instanceof Error ? error.message : '';
  return message_rules.find(([pattern]) => pattern.test(message))?.[1];
}
