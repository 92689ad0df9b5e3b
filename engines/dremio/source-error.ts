import { SourceError, type SourceFailure } from '@plumbline/contracts';
import { at } from '../shared/server-error.js';

export interface Where {
  readonly host: string;
  readonly port: number;
  readonly user_name: string;
  readonly is_cloud: boolean;
}

/** missing: an object that is not there. broken_off: a connection ended before its answer did, and asking again may help. */
export type DremioReason = 'missing' | 'denied' | 'rate' | 'canceled' | 'broken_off' | 'other';

/**
 * Always in our own words: a server's message may quote a statement, a driver's a header, so neither is passed on nor kept
 * as the cause.
 */
export class DremioError extends SourceError {
  constructor(
    readonly reason: DremioReason,
    failure: SourceFailure,
    message: string,
    fix: string,
  ) {
    super(failure, message, fix);
    this.name = 'DremioError';
  }
}

const broken = (message: string): DremioError =>
  new DremioError(
    'other',
    'broken',
    message,
    'See server.log of the coordinator at this time; report it if that is fine',
  );

export const brokenAnswer = (where: Where, what: string): DremioError => broken(`${at(where)} answered ${what}`);

export const aborted = (): DremioError =>
  new DremioError('other', 'timeout', 'the reading was given up before Dremio had answered', 'Raise budget_ms');

/** Of a token: the password itself is never repeated. */
export function refusedToken(where: Where): DremioError {
  return new DremioError(
    'other',
    'wrong_password',
    `${at(where)} does not accept the access token: it is wrong, expired (at most 180 days) or was withdrawn`,
    where.is_cloud
      ? 'Dremio Cloud: Account settings, Personal Access Tokens, New token; put it into the credential of this instance'
      : 'Dremio Enterprise: Account settings, Personal Access Tokens, New token (the administrator must have allowed them); on Community use a user name and password',
  );
}

export function refusedLogin(where: Where): DremioError {
  return new DremioError(
    'other',
    'wrong_password',
    `${at(where)} refused the password of "${where.user_name}"`,
    'Correct user_name and credential of this instance; for a personal access token write user_name: $token',
  );
}

export const notAsked = (where: Where): DremioError =>
  new DremioError(
    'other',
    'wrong_password',
    `${at(where)} refused "${where.user_name}" a moment ago: no new login is tried for a minute, so that the account is not locked`,
    'Correct user_name and credential of this instance',
  );

/** Not JSON where JSON must be: somebody else answers in Dremio's place. */
export function notJson(where: Where, content_type: string): DremioError {
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(content_type)?.[0] ?? 'no content type';
  return new DremioError(
    'other',
    'unreachable',
    `${at(where)} answered with ${type} instead of JSON: a proxy's login page, or not Dremio's REST port`,
    `Let the collector pass the proxy without a login, and give the REST port (9047 unless changed): curl -i http://${at(where)}/api/v3/catalog`,
  );
}

export const redirected = (where: Where): DremioError =>
  new DremioError(
    'other',
    'unreachable',
    `${at(where)} sends the request on to another address, and credentials are not sent after it`,
    'Give the address that Dremio itself listens at; with a proxy before it, let the collector pass without a login',
  );

export const tooLarge = (where: Where, most_bytes: number): DremioError =>
  new DremioError(
    'other',
    'broken',
    `${at(where)} answered with more than ${Math.round(most_bytes / 2 ** 20)} MB`,
    'Lower budget_rows of this aspect, or for profiles set options.profiles_per_reading: 0',
  );

/** @param quiet_ms how long the server wants no request at all; 0 when it did not say */
export const tooManyRequests = (where: Where, quiet_ms: number): DremioError =>
  new DremioError(
    'rate',
    'timeout',
    quiet_ms > 0
      ? `${at(where)} wants no request for another ${Math.ceil(quiet_ms / 1_000)} s (429): none is sent until then`
      : `${at(where)} asks for fewer requests (429), and still did after several rests`,
    where.is_cloud
      ? 'All collectors behind one address share 1,200 requests a minute: raise options.cloud_interval_s or interval_s'
      : 'Raise interval_s of the aspects of this instance',
  );

/** @param what what was asked for, as a noun */
export function refusedStatus(where: Where, status: number, what: string): DremioError {
  if (status === 403) {
    return new DremioError(
      'denied',
      'denied',
      `"${where.user_name}" may not read ${what}`,
      where.is_cloud
        ? `Dremio Cloud: GRANT VIEW JOB HISTORY ON PROJECT TO USER "${where.user_name}"; GRANT USAGE ON PROJECT TO USER "${where.user_name}"`
        : `GRANT VIEW JOB HISTORY ON SYSTEM TO USER "${where.user_name}" (Enterprise), or make it an administrator`,
    );
  }
  if (status === 404 && (what === 'job' || what === 'results')) {
    return new DremioError(
      'other',
      'broken',
      `${at(where)} does not know our job any more: the coordinator was restarted, or another one answers`,
      'The next reading asks again; with several coordinators, let the proxy keep a client on one of them',
    );
  }
  if (status === 404 || status === 410)
    return new DremioError('missing', 'unsupported', `${at(where)} has no ${what}`, `Check the version of the server`);
  if (status >= 500) {
    return new DremioError(
      'other',
      'unreachable',
      `${at(where)} answered ${status} for ${what}`,
      'Look at the coordinator: is it starting, out of memory, or is the proxy before it without a backend?',
    );
  }
  return brokenAnswer(where, `${status} for ${what}`);
}

export const noProject = (where: Where): DremioError =>
  new DremioError(
    'missing',
    'no_database',
    `Dremio Cloud at ${where.host} has no such project, or it is not shown to this token`,
    'Set database_name to the id under Project settings, General, Project ID; the EU region is api.eu.dremio.cloud',
  );

export const noSuchPort = (where: Where): DremioError =>
  new DremioError(
    'missing',
    'unreachable',
    `${at(where)} speaks JSON but has no /api/v3: it is not Dremio's REST port`,
    "Give the port of the coordinator's REST service, 9047 unless changed (31010 and 32010 are for drivers)",
  );
