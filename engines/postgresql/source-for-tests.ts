import { instanceId, type CollectTools, type ConnectionTarget } from '@plumbline/contracts';
import { normalize, redact } from '@plumbline/sql';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalServer, type LocalServer, type LocalServerOptions } from './local-server.js';

/** For tests: what the collector lends an engine, with the real normalizer. */
export function collectTools(): CollectTools & { advance(ms: number): void } {
  let offset_ms = 0;
  return {
    clock: { now: () => new Date(Date.now() + offset_ms) },
    advance: (ms) => {
      offset_ms += ms;
    },
    template: (sql, limit) => normalize(sql, 'postgresql', limit),
    features: (template) =>
      Promise.resolve({
        ...{ statement_class: template.statement_class, tables: [], predicates: [], joins: [], group_by: [] },
        ...{ order_by: [], selects_star: false, has_limit: false, has_offset: false, subqueries: 0 },
        ...{ set_operations: 0, has_aggregate: false, feature_source: 'none' as const },
      }),
    redact: (fragment) => redact(fragment, 'postgresql'),
    abort: new AbortController().signal,
  };
}

export const targetOf = (server: LocalServer, over: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
  ...{ instance_id: instanceId('test'), host: server.host, port: server.port, database_name: 'postgres' },
  ...{ user_name: server.superuser, password: '', tls: 'off' },
  ...over,
});

/** A private server in a temporary directory; `stop` removes both. */
export async function temporaryServer(options: Omit<LocalServerOptions, 'directory'>): Promise<LocalServer> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-pg-'));
  const server = await startLocalServer({ ...options, directory });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
