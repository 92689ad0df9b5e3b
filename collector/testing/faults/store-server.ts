import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { migrate, openStore, StoreError, type Store } from '@plumbline/clickhouse';

/** The embedded store behind a port of this machine (0: any): `store-server.js {"directory", "port"}`. Prints "ready PORT". */
const { directory, port } = JSON.parse(process.argv[2] ?? '') as { directory: string; port: number };
const store = await openStore(`chdb://${directory}`);
await migrate(store);

interface Call {
  readonly sql: string;
  readonly options: object;
  readonly table: string;
  readonly ndjson: string;
  readonly token: string;
}

const methods: Readonly<Record<string, (store: Store, call: Call) => Promise<unknown>>> = {
  '/query': (on, { sql, options }) => on.query(sql, options),
  '/command': (on, { sql, options }) => on.command(sql, options),
  '/insert': (on, { table, ndjson, token }) => on.insert(table, ndjson, { token }),
};

async function bodyOf(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Call;
}

async function answer(request: IncomingMessage): Promise<object> {
  try {
    const method = methods[request.url ?? ''];
    if (method === undefined) throw new Error(`no method ${request.url}`);
    return { value: await method(store, await bodyOf(request)) };
  } catch (error) {
    const code = error instanceof StoreError ? error.code : 0;
    return { error: error instanceof Error ? error.message : String(error), code };
  }
}

const server = createServer((request, response) => {
  void answer(request).then((body) => response.end(JSON.stringify(body)));
});
server.listen(port, '127.0.0.1', () => process.stdout.write(`ready ${(server.address() as AddressInfo).port}\n`));
