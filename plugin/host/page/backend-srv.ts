import { from, lastValueFrom, type Observable } from 'rxjs';

interface FetchRequest {
  readonly url: string;
  readonly method?: string;
  readonly data?: unknown;
  readonly params?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly responseType?: 'blob';
}

/** What pages use of Grafana's BackendSrv: fetch with its error form, and the short verbs on top of it. */
async function request({ url, method = 'GET', data, params, headers, responseType }: FetchRequest) {
  const search = params ? `?${new URLSearchParams(params)}` : '';
  let response: Response;
  try {
    response = await fetch(`${url.startsWith('/') ? '' : '/'}${url}${search}`, {
      method,
      headers: {
        accept: 'application/json, text/plain, */*',
        ...(data === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(data === undefined ? {} : { body: JSON.stringify(data) }),
    });
  } catch (error) {
    throw { status: 0, statusText: '', data: { message: String(error) }, config: { url } };
  }
  const body = responseType === 'blob' ? await response.blob() : parsed(await response.text());
  const answer = {
    data: body,
    status: response.status,
    statusText: response.statusText,
    ok: response.ok,
    headers: response.headers,
    url,
    config: { url },
  };
  if (!response.ok) throw { ...answer, data: typeof body === 'string' ? { message: body } : body };
  return answer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const short = (method: string) => (url: string, data?: unknown) =>
  lastValueFrom(backendSrv.fetch({ url, method, data })).then((answer) => answer.data);

export const backendSrv = {
  fetch: (options: FetchRequest): Observable<{ data: unknown }> => from(request(options)),
  chunked: (options: FetchRequest) => from(request(options)),
  request: (options: FetchRequest) => request(options).then((answer) => answer.data),
  datasourceRequest: (options: FetchRequest) => request(options),
  get: (url: string, params?: Record<string, string>) => request({ url, params }).then((answer) => answer.data),
  delete: short('DELETE'),
  post: short('POST'),
  patch: short('PATCH'),
  put: short('PUT'),
};
