import { at, socketProblems, unreachableBy, untrusted, type Explain } from '../shared/server-error.js';

const quoted = (name: string): string => `[${name.replaceAll(']', ']]')}]`;
const unreachable = unreachableBy(
  (where) =>
    `Check host and port, that the server runs and listens on TCP (SQL Server Configuration Manager), and any firewall between: sqlcmd -S ${where.host},${where.port}`,
);
const noDatabase =
  (what: string): Explain =>
  (where) => ({
    failure: 'no_database',
    message: `database "${where.database_name}" at ${at(where)} ${what}`,
    fix: `Set database_name of this instance to one that is online (SELECT name, state_desc FROM sys.databases), and map the login: USE ${quoted(where.database_name)}; CREATE USER ${quoted(where.user_name)} FOR LOGIN ${quoted(where.user_name)}`,
  });
const denied =
  (what: string): Explain =>
  (where) => ({
    failure: 'denied',
    message: `"${where.user_name}" lacks ${what}`,
    fix: `GRANT VIEW SERVER STATE TO ${quoted(where.user_name)} (2022 and later: GRANT VIEW SERVER PERFORMANCE STATE); in database ${quoted(where.database_name)}: GRANT VIEW DATABASE STATE TO ${quoted(where.user_name)}`,
  });
const password =
  (what: string, mend: string): Explain =>
  (where) => ({
    failure: 'wrong_password',
    message: `${at(where)} refused the login "${where.user_name}"${what}`,
    fix: `${mend.replace('{login}', quoted(where.user_name))}`,
  });
const busy =
  (what: string): Explain =>
  () => ({
    failure: 'timeout',
    message: `${what}; the next reading tries again`,
    fix: 'Look at the load of the server (sys.dm_exec_requests); ask less often by raising interval_s of this aspect',
  });

/** By the server's error number. */
export const by_number: Readonly<Record<number, Explain>> = {
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

function unsupportedBy(what: string): Explain {
  return (where) => ({
    failure: 'unsupported',
    message: `${at(where)} has not ${what} that its version should have`,
    fix: 'Install the latest cumulative update of this version; report it with the version if that does not help',
  });
}

/** By the driver's or the socket's code. */
export const by_code: Readonly<Record<string, Explain>> = {
  ...socketProblems(unreachable),
  ESOCKET: unreachable('closed the connection'),
  ECONNCLOSED: unreachable('closed the connection'),
  ENOTOPEN: unreachable('closed the connection'),
  EINSTLOOKUP: unreachable('is not a known host name'),
  ETIMEOUT: busy('the server did not answer within 15 s (request timeout)'),
  ELOGIN: password('', 'Correct the credential of this instance'),
};

/** By the driver's words, where it gives neither. */
export const message_rules: readonly (readonly [RegExp, Explain])[] = [
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
  [/certificate|self.signed|altname|unable to verify/i, untrusted],
  [/Failed to connect to .* in \d+ ?ms/i, unreachable('does not answer within 10 s')],
];
