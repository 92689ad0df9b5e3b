import type { ConnectionTarget } from '@plumbline/contracts';
import { isObject, numberOf, textOf } from './fields.js';
import type { Answer, Http } from './http.js';
import {
  brokenAnswer,
  notAsked,
  notJson,
  redirected,
  refusedLogin,
  refusedStatus,
  refusedToken,
} from './source-error.js';

/** What stands in the Authorization header, and how to get another when the server does not accept it any more. */
export interface Session {
  /** What the login told of the server; '' when there was none. */
  readonly server_version: string;
  header(abort: AbortSignal): Promise<string>;
  /** After a 401 to `refused`. Throws SourceError when there is no other. */
  renew(refused: string, abort: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The user name that says: the password is a personal access token. Dremio's own drivers use the same word. */
export const token_user = '$token';

/** A login is tried no sooner after a refusal: Dremio locks accounts. */
const rest_after_refusal_ms = 60_000;
const logout_timeout_ms = 2_000;

export const sessionOf = (target: ConnectionTarget, http: Http): Session =>
  http.edition.id === 'cloud' || target.user_name === token_user
    ? new TokenSession(target.password, http)
    : new LoginSession(target, http);

class TokenSession implements Session {
  readonly server_version = '';
  constructor(
    readonly token: string,
    readonly http: Http,
  ) {}

  header = (): Promise<string> => Promise.resolve(`Bearer ${this.token}`);
  renew = (): Promise<void> => Promise.reject(refusedToken(this.http.where));
  close = (): Promise<void> => Promise.resolve();
}

interface Login {
  readonly header: string;
  readonly renew_at_ms: number;
}

/** Logs in when first asked, again at 80 % of the session's life, and once when the server does not know it any more. */
class LoginSession implements Session {
  server_version = '';
  #login: Login | undefined;
  #pending: Promise<Login> | undefined;
  #refused_at_ms: number | undefined;

  constructor(
    readonly target: ConnectionTarget,
    readonly http: Http,
  ) {}

  async header(abort: AbortSignal): Promise<string> {
    const is_old = this.#login === undefined || this.http.pace.now_ms() >= this.#login.renew_at_ms;
    return (is_old ? await this.#logIn(abort) : (this.#login as Login)).header;
  }

  async renew(refused: string, abort: AbortSignal): Promise<void> {
    if (this.#login?.header === refused) this.#login = undefined;
    await this.header(abort);
  }

  async close(): Promise<void> {
    if (this.#login === undefined) return;
    const headers = { authorization: this.#login.header };
    this.#login = undefined;
    const abort = AbortSignal.timeout(logout_timeout_ms);
    await this.http
      .send({ method: 'DELETE', path: '/apiv2/login', endpoint: 'other', headers, is_repeatable: false, abort })
      .catch(() => undefined);
  }

  /** All who need a session wait for one login. */
  #logIn(abort: AbortSignal): Promise<Login> {
    this.#pending ??= this.#ask(abort).finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #ask(abort: AbortSignal): Promise<Login> {
    const now_ms = this.http.pace.now_ms();
    if (this.#refused_at_ms !== undefined && now_ms - this.#refused_at_ms < rest_after_refusal_ms)
      throw notAsked(this.http.where);
    const body = { userName: this.target.user_name, password: this.target.password };
    const answer = await this.http.send({
      ...{ method: 'POST', path: '/apiv2/login', endpoint: 'other', body, is_repeatable: true, abort },
    });
    if (answer.status === 401 || answer.status === 403) {
      this.#refused_at_ms = now_ms;
      throw refusedLogin(this.http.where);
    }
    const told = this.#loginIn(answer);
    const token = textOf(told['token']);
    if (token === '') throw brokenAnswer(this.http.where, 'a login without a token');
    this.server_version = textOf(told['version']);
    const life_ms = Math.max(0, (numberOf(told['expires']) ?? 0) - Date.now());
    this.#login = { header: `_dremio${token}`, renew_at_ms: now_ms + life_ms * 0.8 };
    return this.#login;
  }

  #loginIn(answer: Answer): Readonly<Record<string, unknown>> {
    const { where } = this.http;
    if (answer.status >= 300 && answer.status < 400) throw redirected(where);
    if (!/json/i.test(answer.content_type)) throw notJson(where, answer.content_type);
    if (answer.status !== 200) throw refusedStatus(where, answer.status, 'login');
    try {
      const told: unknown = JSON.parse(answer.body.toString('utf8'));
      if (isObject(told)) return told;
    } catch {
      // Told below.
    }
    throw brokenAnswer(where, 'a login that is not JSON');
  }
}
