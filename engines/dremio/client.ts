import { isObject, type Fields } from './fields.js';
import type { Answer, Http, Request } from './http.js';
import type { Session } from './session.js';
import { brokenAnswer, noProject, notJson, redirected, refusedStatus, refusedToken } from './source-error.js';

export type Call = Omit<Request, 'headers'> & {
  /** What is asked for, as a noun for messages. */
  readonly what: string;
};

/** Requests as somebody: with a session that is renewed once when the server has forgotten it. */
export class Client {
  constructor(
    readonly http: Http,
    readonly session: Session,
  ) {}

  /** The JSON object answered. Throws SourceError for everything else. */
  async json(call: Call): Promise<Fields> {
    const answer = await this.bytes(call);
    if (!/json/i.test(answer.content_type)) throw notJson(this.http.where, answer.content_type);
    const told = parsed(answer.body);
    if (!isObject(told)) throw brokenAnswer(this.http.where, `${call.what} that is not a JSON object`);
    return told;
  }

  /** Any body with status 2xx. */
  async bytes(call: Call): Promise<Answer> {
    const answer = await this.#authorized(call);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.#refused(call, answer);
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.http.close();
  }

  async #authorized(call: Call): Promise<Answer> {
    const authorization = await this.session.header(call.abort);
    const answer = await this.http.send({ ...call, headers: { authorization } });
    if (answer.status !== 401) return answer;
    await this.session.renew(authorization, call.abort);
    const again = await this.session.header(call.abort);
    return this.http.send({ ...call, headers: { authorization: again } });
  }

  #refused(call: Call, answer: Answer): Error {
    const { where } = this.http;
    if (answer.status === 401) return refusedToken(where);
    if (answer.status >= 300 && answer.status < 400) return redirected(where);
    if (!/json/i.test(answer.content_type) && answer.status < 500 && answer.status !== 403 && answer.body.length > 0)
      return notJson(where, answer.content_type);
    if (answer.status === 404 && where.is_cloud && call.what === 'catalog') return noProject(where);
    return refusedStatus(where, answer.status, call.what);
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
