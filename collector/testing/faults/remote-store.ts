import { StoreError, type Store } from '@plumbline/clickhouse';

/** A store in another process (store-server.ts), so that sinks can be killed while it lives and the other way round. */
export function remoteStore(url: string): Store {
  async function call(method: string, body: unknown): Promise<unknown> {
    let answer: Response;
    try {
      answer = await fetch(`${url}/${method}`, { method: 'POST', body: JSON.stringify(body) });
    } catch (cause) {
      throw new StoreError('the store does not answer', { cause });
    }
    const { value, error, code } = (await answer.json()) as { value?: unknown; error?: string; code?: number };
    if (error !== undefined) throw new StoreError(error, { code });
    return value;
  }
  return {
    query: async <Row>(sql: string, options = {}) => (await call('query', { sql, options })) as readonly Row[],
    command: async (sql, options = {}) => void (await call('command', { sql, options })),
    insert: async (table, ndjson, { token }) => void (await call('insert', { table, ndjson, token })),
    close: async () => undefined,
  };
}
