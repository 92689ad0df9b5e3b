import type { RawStatements, Store } from '@plumbline/clickhouse';
import { ProblemError } from '@plumbline/contracts';
import { startClickHouseEndpoint } from './clickhouse-endpoint/index.js';
import type { Tokens } from './credentials/tokens.js';
import { errorText } from './logging.js';
import type { Metrics } from './metrics/metrics.js';
import type { Opened } from './opened.js';
import { previewGap, startPreview } from './preview.js';
import type { RunOptions } from './run.js';

/** The doors beside the API: SQL for clients, pages for a browser. */
export const urlOf = (host: string, port: number): string =>
  `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;

export async function startEndpoint(
  { config, log, say }: RunOptions,
  store: Store,
  tokens: Tokens,
  metrics: Metrics,
  opened: Opened,
): Promise<string | undefined> {
  const { enabled, host, port, limits } = config.clickhouse_endpoint;
  if (!enabled) return undefined;
  if (!isEmbedded(store)) {
    say('ClickHouse HTTP  not served here: ask the ClickHouse server itself');
    return undefined;
  }
  const endpoint = await listening(
    'clickhouse_endpoint',
    startClickHouseEndpoint({
      store,
      host,
      port,
      limits,
      authenticate: (_user, password) => tokens.callerOf(password)?.role,
      onAnswered: (status, elapsed_ms) => metrics.statement(status, elapsed_ms),
      log,
    }),
  );
  opened.add('ClickHouse endpoint', () => endpoint.close());
  const url = urlOf(host, endpoint.port);
  say(`ClickHouse HTTP  ${url}  (read-only; any user, a token as password)`);
  return url;
}

const isEmbedded = (store: Store): store is Store & RawStatements => 'raw' in store && 'database_name' in store;

/** A port that is taken is a mistake of the configuration, not a fault. */
export async function listening<T>(key: string, start: Promise<T>): Promise<T> {
  try {
    return await start;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(code)) throw error;
    const mend = code === 'EADDRINUSE' ? 'Stop what listens there, or choose another port.' : 'Choose another address.';
    throw new ProblemError([
      { where: 'configuration', field: `${key}.port`, message: `cannot be listened on (${code})`, mend },
    ]);
  }
}

/** The pages are a convenience: that they cannot be shown is told, and stops nothing. */
export async function showPreview(
  { config, log, say }: RunOptions,
  api_url: string,
  clickhouse_url: string | undefined,
  tokens: Tokens,
  opened: Opened,
): Promise<string | undefined> {
  if (!config.preview.enabled) return undefined;
  const token = tokens.tokenOf('operator') ?? tokens.tokenOf('admin') ?? tokens.tokenOf('viewer');
  const gap = previewGap() ?? (token === undefined ? 'no token for the pages' : undefined);
  if (gap !== undefined || token === undefined) {
    say(`Pages            not shown: ${gap ?? ''}`);
    return undefined;
  }
  try {
    const preview = await startPreview({ ...config.preview, api_url, clickhouse_url, token, log });
    opened.add('preview', () => preview.stop());
    say(`Pages            ${preview.url}`);
    return preview.url;
  } catch (error) {
    log('error', 'The preview host did not start', { error });
    say(`Pages            not shown: ${errorText(error)}`);
    return undefined;
  }
}
