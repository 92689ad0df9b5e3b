import { SourceError } from '@plumbline/contracts';
import {
  at,
  ServerError,
  socketProblems,
  unforeseen,
  unreachableBy,
  type Explain as ExplainAt,
  type Where as Place,
} from '../shared/server-error.js';
import { grantsOf } from './grants.js';
import { quoted } from './source.js';

export interface Where extends Place {
  /** What the failing statement read, as far as the user may not: the grants to ask for. */
  readonly unreadable?: readonly string[] | undefined;
}
type Explain = ExplainAt<Where>;

/** By code: `ORA-01017`, `NJS-510`. */
export class OracleError extends ServerError<string> {}

/**
 * What went wrong and how to mend it, in our own words: a driver's or server's message may quote a literal or a
 * password, so it is never passed on, nor kept as the cause.
 */
export function sourceError(error: unknown, where: Where): SourceError {
  if (error instanceof SourceError) return error;
  const codes = codesOf(error);
  const code = codes.find((one) => by_code[one] !== undefined) ?? codes[0] ?? '';
  return new OracleError(code, by_code[code]?.(where) ?? unforeseen(code, error, where, 'the alert log of the server'));
}

/** The driver wraps: `NJS-503 … connect ECONNREFUSED`, `NJS-518 … (ORA-12514)`. The most telling code wins. */
function codesOf(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const told = error instanceof Error ? (error.message.match(/\b(?:ORA|NJS|DPI)-\d{3,5}\b|\bE[A-Z]{5,}\b/g) ?? []) : [];
  return [...new Set([...told.filter((code) => code.startsWith('E') || code.startsWith('ORA')), ...own, ...told])];
}

const unreachable = unreachableBy<Where>(
  () => 'Check host and port, that the listener runs (lsnrctl status), and any firewall between',
);

const no_service: Explain = (where) => ({
  failure: 'no_database',
  message: `the listener at ${at(where)} knows no service "${where.database_name}"`,
  fix: 'Set database_name of this instance to a service that lsnrctl services lists, and see that the database is open',
});

const no_privilege: Explain = (where) => ({
  failure: 'denied',
  message: `${quoted(where.user_name)} may not read ${missingOf(where)}`,
  fix: grantsOf(where.unreadable ?? [], where.user_name) || `GRANT SELECT_CATALOG_ROLE TO ${quoted(where.user_name)}`,
});
const missingOf = ({ unreadable = [] }: Where): string => (unreadable.length === 0 ? 'a view' : unreadable.join(', '));

const locked = (what: string, fix: (user: string) => string): Explain => {
  return (where) => ({
    failure: 'denied',
    message: `${at(where)} does not let ${quoted(where.user_name)} in: ${what}`,
    fix: fix(quoted(where.user_name)),
  });
};

const timeout: Explain = (where) => ({
  failure: 'timeout',
  message: `${at(where)} did not answer within 30 s (callTimeout); the next reading tries again`,
  fix: 'Look at the load of the server; ask less often by raising interval_s of this aspect',
});

const not_open = unreachable('is starting up, shutting down or not open');
const closed = unreachable('closed the connection');

const by_code: Readonly<Record<string, Explain>> = {
  ...socketProblems(unreachable),
  'ORA-01017': (where) => ({
    failure: 'wrong_password',
    message: `${at(where)} refused user name or password of ${quoted(where.user_name)}`,
    fix: `Correct the credential of this instance, or: ALTER USER ${quoted(where.user_name)} IDENTIFIED BY "…"`,
  }),
  'ORA-01005': (where) => ({
    failure: 'wrong_password',
    message: `${at(where)} asks a password of ${quoted(where.user_name)} and none was given`,
    fix: 'Set credential of this instance: env:NAME or file:/path',
  }),
  'ORA-28000': locked('the account is locked', (user) => `ALTER USER ${user} ACCOUNT UNLOCK`),
  'ORA-28001': locked('the password has expired', (user) => `ALTER USER ${user} IDENTIFIED BY "…"`),
  'ORA-01045': locked('CREATE SESSION is missing', (user) => `GRANT CREATE SESSION TO ${user}`),
  'ORA-02391': locked('SESSIONS_PER_USER is reached', () => 'Raise SESSIONS_PER_USER in the profile of this user to 3'),
  'ORA-00018': locked('the server has no session left', () => 'Raise SESSIONS, or close idle sessions'),
  'ORA-00020': locked('the server has no process left', () => 'Raise PROCESSES, or close idle sessions'),
  'ORA-12516': locked('the listener has no free handler', () => 'Raise PROCESSES, or close idle sessions'),
  'ORA-12519': locked('the listener has no free handler', () => 'Raise PROCESSES, or close idle sessions'),
  'ORA-12520': locked('the listener has no free handler', () => 'Raise PROCESSES, or close idle sessions'),
  'NJS-116': locked(
    'its password is stored in the 10G form only, which the driver does not speak',
    (user) => `ALTER USER ${user} IDENTIFIED BY "…" (with SEC_CASE_SENSITIVE_LOGON not FALSE)`,
  ),
  'ORA-00942': no_privilege,
  'ORA-01031': no_privilege,
  'ORA-41900': no_privilege,
  'ORA-12514': no_service,
  'ORA-12505': no_service,
  'NJS-518': no_service,
  'NJS-517': no_service,
  'ORA-12541': unreachable('has no listener'),
  'ORA-12543': unreachable('cannot be reached'),
  'ORA-12170': unreachable('does not answer'),
  'ORA-12528': not_open,
  'ORA-01033': not_open,
  'ORA-01034': not_open,
  'ORA-01089': not_open,
  'ORA-01109': not_open,
  'ORA-03113': closed,
  'ORA-03114': closed,
  'ORA-03135': closed,
  'ORA-02396': closed,
  'NJS-003': closed,
  'NJS-500': closed,
  'NJS-501': closed,
  'NJS-521': closed,
  'NJS-530': unreachable('is not a known host name'),
  'NJS-510': unreachable('does not answer'),
  'NJS-511': unreachable('refuses the connection'),
  'NJS-503': unreachable('cannot be reached'),
  'NJS-040': unreachable('does not answer'),
  'NJS-123': timeout,
  'ORA-01013': timeout,
  'ORA-00040': timeout,
  'ORA-01555': (where) => ({
    failure: 'timeout',
    message: `${at(where)} no longer has the undo that the reading needed; the next reading tries again`,
    fix: 'Raise UNDO_RETENTION if it happens often',
  }),
  'NJS-138': (where) => ({
    failure: 'unsupported',
    message: `${at(where)} is older than Oracle Database 12.1`,
    fix: 'Upgrade the database to 12.1 or later',
  }),
  'NJS-533': (where) => ({
    failure: 'unsupported',
    message: `${at(where)} insists on Native Network Encryption, which the driver does not speak`,
    fix: 'Offer TCPS on the listener and set tls: verify, or SQLNET.ENCRYPTION_SERVER = ACCEPTED',
  }),
  'NJS-505': tlsProblem('TLS could not be set up: tls_ca_file is no PEM file of certificates'),
  'NJS-506': tlsProblem('the TLS handshake failed: no TCPS at this port, or its certificate is not trusted'),
  'NJS-507': tlsProblem('the certificate is of another host'),
};

function tlsProblem(what: string): Explain {
  return (where) => ({
    failure: 'unreachable',
    message: `${at(where)}: ${what}`,
    fix: 'Set port to the TCPS port of the listener and tls_ca_file to the authority that signed its certificate, or tls: off',
  });
}
