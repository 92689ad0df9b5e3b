import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** One request, as any ClickHouse client sends it. */
export interface EndpointRequest {
  readonly user: string;
  readonly password: string;
  readonly sql: string;
  /** What came in the body when the statement was in the address. */
  readonly body: string;
  readonly format: string;
  readonly database_name: string;
  readonly client_protocol_version: number;
  readonly query_id: string;
  readonly param_texts: Readonly<Record<string, string>>;
  /** Every other parameter: a setting, not yet checked. */
  readonly settings: Readonly<Record<string, string>>;
}

export class BadRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'BadRequest';
  }
}

const not_settings = new Set([
  'query',
  'user',
  'password',
  'database',
  'default_format',
  'query_id',
  'session_id',
  'client_protocol_version',
]);

export async function readRequest(request: IncomingMessage, body_limit_bytes: number): Promise<EndpointRequest> {
  const params = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const body = await readBody(request, body_limit_bytes);
  const in_address = params.get('query') ?? '';
  const headers = request.headers;
  const others = [...params].filter(([name]) => !not_settings.has(name));
  return {
    ...credentials(
      headers.authorization,
      header(request, 'x-clickhouse-user'),
      header(request, 'x-clickhouse-key'),
      params,
    ),
    sql: in_address === '' ? body : in_address,
    body: in_address === '' ? '' : body,
    format: header(request, 'x-clickhouse-format') || params.get('default_format') || 'TabSeparated',
    database_name: header(request, 'x-clickhouse-database') || params.get('database') || '',
    client_protocol_version: Number(params.get('client_protocol_version') ?? 0),
    query_id: params.get('query_id') ?? '',
    param_texts: Object.fromEntries(
      others.filter(([name]) => name.startsWith('param_')).map(([name, text]) => [name.slice('param_'.length), text]),
    ),
    settings: Object.fromEntries(others.filter(([name]) => !name.startsWith('param_'))),
  };
}

const header = (request: IncomingMessage, name: string): string => String(request.headers[name] ?? '');

function credentials(authorization: string | undefined, user: string, key: string, params: URLSearchParams) {
  if (user !== '') return { user, password: key };
  const basic = /^Basic\s+(.+)$/i.exec(authorization ?? '')?.[1];
  if (basic !== undefined) {
    const pair = Buffer.from(basic, 'base64').toString('utf8');
    const colon = pair.indexOf(':');
    return { user: colon === -1 ? pair : pair.slice(0, colon), password: colon === -1 ? '' : pair.slice(colon + 1) };
  }
  return { user: params.get('user') ?? '', password: params.get('password') ?? '' };
}

const decoders: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new BadRequest(413, `the body is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const encoding = header(request, 'content-encoding');
  if (encoding === '' || encoding === 'identity') return bytes.toString('utf8');
  const decode = decoders[encoding];
  if (!decode) throw new BadRequest(415, `the content encoding ${encoding} is not known here; use gzip`);
  try {
    return (await decode(bytes, { maxOutputLength: limit })).toString('utf8');
  } catch {
    throw new BadRequest(400, `the body is not ${encoding}, or larger than ${limit} bytes when opened`);
  }
}
