import { SourceError } from '@plumbline/contracts';
import { at } from '../shared/server-error.js';
import { aborted, DremioError, tooLarge, type Where } from './source-error.js';

const check = 'Check host and port, that the coordinator runs, and any firewall between';

const unreachable = (where: Where, what: string, fix = `${check}: curl -i http://${at(where)}/`): DremioError =>
  new DremioError('other', 'unreachable', `${at(where)} ${what}`, fix);

const brokenOff = (where: Where, what: string, fix?: string): DremioError =>
  new DremioError('broken_off', 'unreachable', `${at(where)} ${what}`, fix ?? `${check}: curl -i http://${at(where)}/`);

const by_code: Readonly<Record<string, (where: Where) => DremioError>> = {
  ECONNREFUSED: (where) => unreachable(where, 'refuses connections'),
  ENOTFOUND: (where) => unreachable(where, 'is not a known host name'),
  EAI_AGAIN: (where) => unreachable(where, 'cannot be looked up: the name service does not answer'),
  EHOSTUNREACH: (where) => unreachable(where, 'has no route to it'),
  ENETUNREACH: (where) => unreachable(where, 'has no route to it'),
  ETIMEDOUT: (where) => unreachable(where, 'does not answer'),
  UND_ERR_CONNECT_TIMEOUT: (where) => unreachable(where, 'does not answer'),
  UND_ERR_HEADERS_TIMEOUT: (where) => unreachable(where, 'took the request and did not answer in time'),
  UND_ERR_BODY_TIMEOUT: (where) => brokenOff(where, 'stopped in the middle of an answer'),
  ECONNRESET: (where) => brokenOff(where, 'closed the connection', speaks_tls),
  EPIPE: (where) => brokenOff(where, 'closed the connection'),
  UND_ERR_SOCKET: (where) => brokenOff(where, 'closed the connection', speaks_tls),
  UND_ERR_DESTROYED: () => aborted(),
  UND_ERR_CLOSED: () => aborted(),
  UND_ERR_ABORTED: () => aborted(),
  ABORT_ERR: () => aborted(),
};

const speaks_tls = `${check}; if the server speaks TLS (it is on by default on Cloud), set tls: verify`;

const untrusted = (where: Where, what: string): DremioError =>
  unreachable(
    where,
    `shows a certificate that ${what}`,
    'Set tls_ca_file to the authority that signed it (openssl s_client -showcerts shows the chain), and host to a name in it',
  );

const certificate_problems: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by an authority not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is signed by an authority not known here',
  UNABLE_TO_GET_ISSUER_CERT: 'is signed by an authority not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is signed by an authority not known here',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host name',
};

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** What kept an answer from coming. */
export function networkError(error: unknown, where: Where, most_bytes: number): SourceError {
  if (error instanceof SourceError) return error;
  const code = codeOf(error);
  const problem = certificate_problems[code];
  if (problem !== undefined) return untrusted(where, problem);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return unreachable(where, 'does not speak TLS', 'Set tls: off for this instance, or turn TLS on in dremio.conf');
  }
  if (code.startsWith('HPE_')) return unreachable(where, 'does not speak HTTP', `${check}; REST listens on 9047`);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return tooLarge(where, most_bytes);
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError') return unreachable(where, 'took too long for one answer');
  if (name === 'AbortError') return aborted();
  return by_code[code]?.(where) ?? unreachable(where, `could not be asked (${/^\w+$/.exec(code)?.[0] ?? 'unknown'})`);
}
