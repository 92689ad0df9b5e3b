import type { IncomingMessage, ServerResponse } from 'node:http';

/** What one request is answered instead of the truth. */
export interface Fault {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Closes the connection: before the answer, in its middle, or when what was asked is done but not answered. */
  readonly breaks?: 'before' | 'within' | 'after';
}

export interface Told {
  readonly status: number;
  readonly body: unknown;
  readonly bytes?: Uint8Array;
}

export const refused = (status: number, errorMessage: string): Told => ({
  status,
  body: { errorMessage, moreInfo: '' },
});

/** BIGINT stands as a JSON number, however long. */
export function encode(body: unknown): string {
  const text = JSON.stringify(body, (_key, value: unknown) =>
    typeof value === 'bigint' ? `\u0001${value.toString()}\u0001` : value,
  );
  return text.replace(/"\\u0001(-?\d+)\\u0001"/g, '$1');
}

export function misbehave(fault: Fault, response: ServerResponse): void {
  if (fault.breaks === 'before') {
    response.destroy();
    return;
  }
  const body = fault.body ?? '{"errorMessage":"as told to"}';
  response.writeHead(fault.status ?? 200, { 'content-type': 'application/json', ...fault.headers });
  if (fault.breaks === undefined) {
    response.end(body);
    return;
  }
  response.write(body.slice(0, body.length / 2));
  setTimeout(() => response.destroy(), 5);
}

export async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
