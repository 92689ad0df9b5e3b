import { SourceError, type ConnectionTarget, type SourceFailure } from '@plumbline/contracts';

type Where = Pick<ConnectionTarget, 'host' | 'port' | 'database_name' | 'user_name'>;

interface Explained {
  readonly failure: SourceFailure;
  readonly message: string;
  readonly fix: string;
}

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

/** A SourceError that keeps the server's number, so that an aspect can tell a lock from a missing grant. */
export class SqlServerError extends SourceError {
  constructor(
    readonly number: number,
    explained: Explained,
  ) {
    super(explained.failure, explained.message, explained.fix);
    this.name = 'SqlServerError';
  }
}

export const hasNumber = (error: unknown, number: number): boolean =>
  error instanceof SqlServerError && error.number === number;

/** Numbers of a missing grant: on an object, an action, a server permission, a database permission. */
export const permission_numbers: ReadonlySet<number> = new Set([229, 262, 297, 300, 371, 916]);
export const lock_timeout_number = 1222;

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
  if (explain !== undefined) return new SqlServerError(numbers[0] ?? 0, explain(where));
  return new SqlServerError(numbers[0] ?? 0, unforeseen(where, error, numbers[0] ?? 0));
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

const at = (where: Where): string => `${where.host}:${where.port}`;
const quoted = (name: string): string => `[${name.replaceAll(']', ']]')}]`;
const unreachable =
  (what: string) =>
  (where: Where): Explained => ({
    failure: 'unreachable',
    message: `${at(where)} ${what}`,
    fix: `Check host and port, that the server runs and listens on TCP (SQL Server Configuration Manager), and any firewall between: sqlcmd -S ${where.host},${where.port}`,
  });
const noDatabase =
  (what: string) =>
  (where: Where): Explained => ({
    failure: 'no_database',
    message: `database "${where.database_name}" at ${at(where)} ${what}`,
    fix: `Set database_name of this instance to one that is online (SELECT name, state_desc FROM sys.databases), and map the login: USE ${quoted(where.database_name)}; CREATE USER ${quoted(where.user_name)} FOR LOGIN ${quoted(where.user_name)}`,
  });
const denied =
  (what: string) =>
  (where: Where): Explained => ({
    failure: 'denied',
    message: `"${where.user_name}" lacks ${what}`,
    fix: `GRANT VIEW SERVER STATE TO ${quoted(where.user_name)} (2022 and later: GRANT VIEW SERVER PERFORMANCE STATE); in database ${quoted(where.database_name)}: GRANT VIEW DATABASE STATE TO ${quoted(where.user_name)}`,
  });
const password =
  (what: string, mend: string) =>
  (where: Where): Explained => ({
    failure: 'wrong_password',
    message: `${at(where)} refused the login "${where.user_name}"${what}`,
    fix: `${mend.replace('{login}', quoted(where.user_name))}`,
  });
const busy = (what: string) => (): Explained => ({
  failure: 'timeout',
  message: `${what}; the next reading tries again`,
  fix: 'Look at the load of the server (sys.dm_exec_requests); ask less often by raising interval_s of this aspect',
});

const by_number: Readonly<Record<number, (where: Where) => Explained>> = {
  18456: password(
    ': wrong password, no such login, or the login is disabled',
    "Correct the credential of this instance, or: ALTER LOGIN {login} WITH PASSWORD = '…'; ALTER LOGIN {login} ENABLE. The server must allow SQL logins (mixed mode)",
  ),
  18452: password(
    ': it only accepts Windows accounts',
    'Allow SQL Server and Windows authentication (mixed mode) and use a SQL login: CREATE LOGIN {login} WITH PASSWORD = …',
  ),
  18486: password(': it is locked out', 'ALTER LOGIN {login} WITH PASSWORD = … UNLOCK'),
  18487: password(
    ': its password has expired',
    'ALTER LOGIN {login} WITH PASSWORD = …; for a monitoring login also CHECK_EXPIRATION = OFF',
  ),
  18488: password(': its password must be changed', 'ALTER LOGIN {login} WITH PASSWORD = …'),
  4060: noDatabase('cannot be opened: it does not exist, or the login is not mapped'),
  4064: noDatabase('cannot be opened: the default database of the login is gone'),
  911: noDatabase('does not exist'),
  916: denied('access to the database: the login is not mapped to a user there'),
  942: noDatabase('is offline'),
  927: noDatabase('is being restored'),
  945: noDatabase('cannot be opened: its files are not accessible'),
  976: noDatabase('is a secondary replica that no one may read'),
  978: noDatabase('is a secondary replica that only lets readers in (ApplicationIntent = ReadOnly)'),
  983: noDatabase('is in an availability group that is neither primary nor secondary now'),
  229: denied('SELECT on a view it reads'),
  262: denied('a permission in the database'),
  297: denied('VIEW SERVER STATE or VIEW DATABASE STATE'),
  300: denied('VIEW SERVER STATE (2022 and later: VIEW SERVER PERFORMANCE STATE)'),
  371: denied('VIEW SERVER STATE'),
  207: unsupportedBy('a column'),
  208: unsupportedBy('a view'),
  1205: busy('the server ended our statement to resolve a deadlock (our priority is LOW)'),
  1222: busy('gave way to a lock that another session holds (LOCK_TIMEOUT 2000 ms)'),
  8645: busy('the server had no memory to grant in time'),
  701: busy('the server is out of memory'),
  10928: busy('the resource limit of the database is reached'),
  10929: busy('the resource limit of the database is reached'),
  40501: busy('the service is busy'),
  40613: unreachable('has no such database at the moment (Azure moves or resumes it)'),
  40615: unreachable('lets this address not in (Azure firewall: add a rule for the collector)'),
  17142: unreachable('is paused'),
  17187: unreachable('is starting up'),
  6005: unreachable('is shutting down'),
  17809: unreachable('has no connection left (user connections)'),
};

function unsupportedBy(what: string) {
  return (where: Where): Explained => ({
    failure: 'unsupported',
    message: `${at(where)} has not ${what} that its version should have`,
    fix: 'Install the latest cumulative update of this version; report it with the version if that does not help',
  });
}

const by_code: Readonly<Record<string, (where: Where) => Explained>> = {
  ECONNREFUSED: unreachable('refuses connections'),
  ENOTFOUND: unreachable('is not a known host name'),
  EAI_AGAIN: unreachable('cannot be looked up: the name service does not answer'),
  EHOSTUNREACH: unreachable('has no route to it'),
  ENETUNREACH: unreachable('has no route to it'),
  ECONNRESET: unreachable('closed the connection'),
  EPIPE: unreachable('closed the connection'),
  ESOCKET: unreachable('closed the connection'),
  ECONNCLOSED: unreachable('closed the connection'),
  ENOTOPEN: unreachable('closed the connection'),
  EINSTLOOKUP: unreachable('is not a known host name'),
  ETIMEDOUT: unreachable('does not answer'),
  ETIMEOUT: busy('the server did not answer within 15 s (request timeout)'),
  ELOGIN: password('', 'Correct the credential of this instance'),
};

const message_rules: readonly (readonly [RegExp, (where: Where) => Explained])[] = [
  [
    /requires encryption/i,
    (where) => ({
      failure: 'unreachable',
      message: `${at(where)} only talks over TLS`,
      fix: 'Set tls: require or tls: verify for this instance',
    }),
  ],
  [
    /does not support encryption/i,
    (where) => ({
      failure: 'unreachable',
      message: `${at(where)} does not offer TLS`,
      fix: 'Install a certificate on the server, or set tls: off for this instance',
    }),
  ],
  [
    /certificate|self.signed|altname|unable to verify/i,
    (where) => ({
      failure: 'unreachable',
      message: `the certificate of ${at(where)} is not trusted`,
      fix: 'Set tls_ca_file to the authority that signed it, or tls: require to encrypt without checking it',
    }),
  ],
  [/Failed to connect to .* in \d+ ?ms/i, unreachable('does not answer within 10 s')],
];

function byMessage(error: unknown): ((where: Where) => Explained) | undefined {
  const messages = messagesOf(error);
  return message_rules.find(([pattern]) => pattern.test(messages))?.[1];
}

/** An unforeseen number is told as such; anything without one is a fault of ours, told by its name. */
function unforeseen(where: Where, error: unknown, number: number): Explained {
  const name = error instanceof Error ? error.name : 'unknown error';
  return {
    failure: 'broken',
    message: number === 0 ? `reading ${at(where)} failed: ${name}` : `${at(where)} answered with error ${number}`,
    fix: "See the server's error log at this time; report it if it is not a fault of the server",
  };
}
