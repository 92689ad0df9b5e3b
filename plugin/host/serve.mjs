// Shows the built plugin in a browser without Grafana: plugin/host/README.md says what this is not.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listenerOf } from './server/app.mjs';
import { host_folder, packageFolder, plugin_folder, variantOf } from './variants.mjs';

const datasource_uid = 'plumbline-clickhouse';

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3030' },
      'api-url': { type: 'string', default: 'http://127.0.0.1:8686' },
      'clickhouse-url': { type: 'string' },
      database: { type: 'string', default: 'plumbline' },
      grafana: { type: 'string', default: '13.2' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${values.port} is not a port`);
  for (const name of ['api-url', 'clickhouse-url']) {
    if (values[name] !== undefined && !URL.canParse(values[name]))
      throw new Error(`--${name} ${values[name]} is not a URL`);
  }
  return { ...values, port };
}

/** Secrets come by environment only: a command line is readable by every user of the machine. */
function createHost(options) {
  const variant = variantOf(options.grafana);
  const plugin_json = JSON.parse(readFileSync(join(plugin_folder, 'dist/plugin.json'), 'utf8'));
  const token = process.env.PLUMBLINE_API_TOKEN ?? process.env.PLUMBLINE_TOKEN ?? '';
  return {
    grafana_version: variant.version,
    datasource_uid,
    places: placesOf(variant, plugin_json),
    plugin_json,
    routes: plugin_json.routes,
    settings: {
      jsonData: { apiUrl: options['api-url'].replace(/\/$/, ''), datasourceUid: datasource_uid },
      secureJsonData: { apiToken: token },
    },
    clickhouse: {
      url: options['clickhouse-url'],
      database: options.database,
      user: process.env.PLUMBLINE_CLICKHOUSE_USER ?? 'plumbline',
      password: process.env.PLUMBLINE_CLICKHOUSE_PASSWORD ?? token,
    },
  };
}

/** Where files come from, by the beginning of their path. The last mends an icon that the packages lack. */
function placesOf(variant, plugin_json) {
  const grafana = join(packageFolder(variant.folder, '@grafana/ui'), 'dist/public');
  return [
    [`/public/plugins/${plugin_json.id}/`, join(plugin_folder, 'dist')],
    ['/public/host/', variant.bundle],
    ['/public/build/', grafana],
    ['/public/', grafana],
    ['/public/build/img/icons/', join(host_folder, 'icons')],
  ];
}

function start() {
  const options = readOptions();
  const host = createHost(options);
  const server = createServer(listenerOf(host));
  server.on('error', (error) => fail(error));
  // Loopback only: whoever reaches this host acts with its token.
  server.listen(options.port, '127.0.0.1', () => {
    const url = `http://127.0.0.1:${server.address().port}/a/${host.plugin_json.id}/overview`;
    process.stdout.write(`${JSON.stringify({ url })}\n`);
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
}

function fail(error) {
  console.error(error.message);
  process.exit(1);
}

try {
  start();
} catch (error) {
  fail(error);
}
