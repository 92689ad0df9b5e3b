import { SourceError } from '@plumbline/contracts';
import {
  at,
  ServerError,
  socketProblems,
  unforeseen,
  unreachableBy,
  untrusted,
  type Explain,
  type Explained,
  type Where,
} from '../shared/server-error.js';
import { lock_timeout_s, statement_timeout_s } from './own-statements.js';

/** By the server's error number as text, `1142`, or the driver's word where it gave none: `ECONNREFUSED`. */
export class MysqlError extends ServerError<string> {}

/**
 * What went wrong and how to mend it, in our own words: a driver's or server's message may quote a literal or a
 * password, so it is never passed on, nor kept as the cause.
 */
export function sourceError(error: unknown, where: Where): SourceError {
  if (error instanceof SourceError) return error;
  const code = errorCode(error);
  const explain = by_code[code] ?? (isCertificateProblem(code, error) ? untrusted : undefined);
  return new MysqlError(code, explain?.(where) ?? unforeseen(code, error, where, 'the server log'));
}

/** The server's error number as text, else the driver's or the system's word; '' when it is a fault of ours. */
export function errorCode(error: unknown): string {
  if (error instanceof MysqlError) return error.code;
  if (typeof error !== 'object' || error === null) return '';
  const { errno, code } = error as { errno?: unknown; code?: unknown };
  if (typeof errno === 'number' && errno > 0) return String(errno);
  return typeof code === 'string' ? code : '';
}

/** Missing grants, of a table, a column, a routine, a schema or the whole server. */
export const denied_codes: ReadonlySet<string> = new Set(['1142', '1143', '1227', '1370', '1044', '1345']);
/** A lock in the way, or a reading that took too long: the next one tries again. */
export const passing_codes: ReadonlySet<string> = new Set(['1205', '1969', '3024', '1317', '1028']);

const unreachable = unreachableBy(
  (where) =>
    `Check host and port, that the server runs, its bind_address, and any firewall between: mysqladmin -h ${where.host} -P ${where.port} ping`,
);

const denied =
  (what: string, fix: (where: Where) => string): Explain =>
  (where) => ({
    failure: 'denied',
    message: `${at(where)} ${what}`,
    fix: fix(where),
  });

const createAccount = (where: Where): string =>
  `CREATE USER '${where.user_name}'@'<collector address>' IDENTIFIED BY '…' WITH MAX_USER_CONNECTIONS 3; ` +
  `GRANT PROCESS ON *.* TO '${where.user_name}'@'<collector address>'; ` +
  `GRANT SELECT ON performance_schema.* TO '${where.user_name}'@'<collector address>'`;

const wrongPassword = (where: Where): Explained => ({
  failure: 'wrong_password',
  message: `${at(where)} refused the user "${where.user_name}" or the password`,
  fix: `Correct the credential of this instance; or there is no such account: ${createAccount(where)}`,
});

const timeout = (message: string, fix: string) => (): Explained => ({ failure: 'timeout', message, fix });
const slow_answer = timeout(
  `the server did not answer within ${statement_timeout_s} s (max_execution_time, max_statement_time); the next reading tries again`,
  'Look at the load of the server; ask less often by raising interval_s of this aspect',
);

const no_grant = denied('lacks a grant for this reading', createAccount);

const by_code: Readonly<Record<string, Explain>> = {
  ...socketProblems(unreachable),
  '1045': wrongPassword,
  '1698': wrongPassword,
  '1044': denied('lets this user not use the database', (where) =>
    [
      `GRANT SELECT ON \`${where.database_name}\`.* TO the account,`,
      'or set database_name of this instance to one it may use: information_schema',
    ].join(' '),
  ),
  '1049': (where) => ({
    failure: 'no_database',
    message: `${at(where)} has no database "${where.database_name}"`,
    fix: 'Set database_name of this instance to one that SHOW DATABASES lists; information_schema is always there',
  }),
  '1040': denied('has no connection left (2 are needed)', () => 'Raise max_connections'),
  '1203': denied('allows this user no more connections (2 are needed)', () => 'Raise max_user_connections'),
  '1226': denied(
    'allows this user no more connections (2 are needed)',
    (where) => `ALTER USER '${where.user_name}'@'…' WITH MAX_USER_CONNECTIONS 3`,
  ),
  '1130': denied('lets nobody connect from this address', createAccount),
  '1129': denied('blocks this address after too many failed connections', () => 'FLUSH HOSTS (mysqladmin flush-hosts)'),
  '1820': denied('wants a new password of this account', () => `ALTER USER … IDENTIFIED BY '…'`),
  '1862': denied('says that the password has expired', () => `ALTER USER … PASSWORD EXPIRE NEVER`),
  '1142': no_grant,
  '1143': no_grant,
  '1227': no_grant,
  '1370': no_grant,
  '1205': timeout(
    `gave way to a lock that another session holds (lock_wait_timeout ${lock_timeout_s} s); the next reading tries again`,
    "SELECT * FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting%'",
  ),
  '1969': slow_answer,
  '3024': slow_answer,
  '1317': slow_answer,
  '1028': slow_answer,
  '1053': unreachable('is shutting down'),
  '1927': unreachable('closed the connection'),
  PROTOCOL_SEQUENCE_TIMEOUT: unreachable('does not answer in time'),
  PROTOCOL_CONNECTION_LOST: unreachable('closed the connection'),
  PROTOCOL_PACKETS_OUT_OF_ORDER: unreachable('does not speak the MySQL protocol'),
  HANDSHAKE_NO_SSL_SUPPORT: (where) => ({
    failure: 'unreachable',
    message: `${at(where)} does not offer TLS`,
    fix: 'Turn TLS on in the server (ssl_cert, ssl_key, ssl_ca), or set tls: off for this instance',
  }),
};

const isCertificateProblem = (code: string, error: unknown): boolean =>
  /CERT|SIGNATURE|SSL|TLS/.test(code) ||
  (error instanceof Error && /certificate|self.signed|altname/i.test(error.message));
