import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

/** One HTTP exchange with nothing mended on the way: paths and bodies are sent as they are written. */
export interface Exchange {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is; anything else as JSON with its content type. */
  readonly payload?: unknown;
}

export interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of any form
  json(): any;
}

const agent = new Agent({ keepAlive: true });

export function send(port: number, { method = 'GET', url, headers = {}, payload }: Exchange): Promise<Answer> {
  const is_text = typeof payload === 'string';
  const body = payload === undefined || is_text ? payload : JSON.stringify(payload);
  const type = payload === undefined || is_text ? {} : { 'content-type': 'application/json' };
  // Node gives a DELETE neither length nor chunks: its body would be read as the next request.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const all = { ...type, ...length, ...headers };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path: url, headers: all, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          statusCode: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          json: () => JSON.parse(text),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
