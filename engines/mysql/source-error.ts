import { SourceError, type ConnectionTarget, type SourceFailure } from '@plumbline/contracts';
import { lock_timeout_s, statement_timeout_s } from './own-statements.js';

type Where = Pick<ConnectionTarget, 'host' | 'port' | 'database_name' | 'user_name'>;

interface Explained {
  readonly failure: SourceFailure;
  readonly message: string;
  readonly fix: string;
}

/** A SourceError that keeps the server's error number, so that an aspect can tell a lock from a missing grant. */
export class MysqlError extends SourceError {
  constructor(
    /** As text: `1142`, or the driver's word where the server gave no number: `ECONNREFUSED`. */
    readonly error_code: string,
    explained: Explained,
  ) {
    super(explained.failure, explained.message, explained.fix);
    this.name = 'MysqlError';
  }
}

/**
 * What went wrong and how to mend it, in our own words: a driver's or server's message may quote a literal or a
 * password, so it is never passed on, nor kept as the cause.
 */
export function sourceError(error: unknown, where: Where): SourceError {
  if (error instanceof SourceError) return error;
  const code = errorCode(error);
  const explain = by_code[code] ?? (isCertificateProblem(code, error) ? tlsProblem : byClass(code, error));
  return new MysqlError(code, explain(where));
}

/** The server's error number as text, else the driver's or the system's word; '' when it is a fault of ours. */
export function errorCode(error: unknown): string {
  if (error instanceof MysqlError) return error.error_code;
  if (typeof error !== 'object' || error === null) return '';
  const { errno, code } = error as { errno?: unknown; code?: unknown };
  if (typeof errno === 'number' && errno > 0) return String(errno);
  return typeof code === 'string' ? code : '';
}

/** Missing grants, of a table, a column, a routine, a schema or the whole server. */
export const denied_codes: ReadonlySet<string> = new Set(['1142', '1143', '1227', '1370', '1044', '1345']);
/** A lock in the way, or a reading that took too long: the next one tries again. */
export const passing_codes: ReadonlySet<string> = new Set(['1205', '1969', '3024', '1317', '1028']);

const at = (where: Where): string => `${where.host}:${where.port}`;

const unreachable =
  (what: string) =>
  (where: Where): Explained => ({
    failure: 'unreachable',
    message: `${at(where)} ${what}`,
    fix: `Check host and port, that the server runs, its bind_address, and any firewall between: mysqladmin -h ${where.host} -P ${where.port} ping`,
  });

const denied =
  (what: string, fix: (where: Where) => string) =>
  (where: Where): Explained => ({
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

const tlsProblem = (where: Where): Explained => ({
  failure: 'unreachable',
  message: `the certificate of ${at(where)} is not trusted`,
  fix: 'Set tls_ca_file to the authority that signed it, or tls: require to encrypt without checking it',
});

const no_grant = denied('lacks a grant for this reading', createAccount);

const by_code: Readonly<Record<string, (where: Where) => Explained>> = {
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
  ECONNREFUSED: unreachable('refuses connections'),
  ENOTFOUND: unreachable('is not a known host name'),
  EAI_AGAIN: unreachable('cannot be looked up: the name service does not answer'),
  ETIMEDOUT: unreachable('does not answer'),
  EHOSTUNREACH: unreachable('has no route to it'),
  ENETUNREACH: unreachable('has no route to it'),
  ECONNRESET: unreachable('closed the connection'),
  EPIPE: unreachable('closed the connection'),
};

const isCertificateProblem = (code: string, error: unknown): boolean =>
  /CERT|SIGNATURE|SSL|TLS/.test(code) ||
  (error instanceof Error && /certificate|self.signed|altname/i.test(error.message));

/** An unforeseen number is told by itself; anything without one is a fault of ours, told by its name. */
function byClass(code: string, error: unknown): (where: Where) => Explained {
  return (where) => ({
    failure: 'broken',
    message:
      code === ''
        ? `reading ${at(where)} failed: ${error instanceof Error ? error.name : 'unknown error'}`
        : `${at(where)} answered with error ${code}`,
    fix: 'See the server log at this time; report it if it is not a fault of the server',
  });
}
