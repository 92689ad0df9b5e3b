// Shows the built plugin in a browser without Grafana: plugin/host/README.md says what this is not.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dsQuery } from './server/ds-query.mjs';
import { readBelow } from './server/files.mjs';
import { html } from './server/html.mjs';
import { proxy } from './server/proxy.mjs';
import { packageFolder, plugin_folder, variantOf } from './variants.mjs';

const max_body_bytes = 1_000_000;
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
    variant,
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

async function readBody(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > max_body_bytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function answerTo(host, request) {
  // A foreign name that resolves to this machine must not reach what acts with the token.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? ''))
    return { status: 421, body: 'Ask for 127.0.0.1.' };
  const { pathname, search } = new URL(request.url, 'http://host');
  const proxied = new RegExp(`^/api/plugin-proxy/${host.plugin_json.id}/(.*)$`).exec(pathname);
  if (pathname.startsWith('/api/') && request.method !== 'GET' && isForeign(request))
    return { status: 403, body: 'Only pages of this host may write.' };
  if (pathname === `/api/plugins/${host.plugin_json.id}/settings`) return answerSettings(host, request);
  if (proxied !== null) {
    const body = await readBody(request);
    if (body === undefined) return { status: 413, body: '' };
    return proxy(host, {
      method: request.method,
      path: proxied[1],
      search,
      body,
      content_type: request.headers['content-type'],
    });
  }
  if (pathname === '/api/ds/query' && request.method === 'POST') return answerQuery(host, request);
  if (pathname.startsWith('/api/'))
    return {
      status: 404,
      type: 'application/json',
      body: '{"message":"The preview host has no such part of Grafana"}',
    };
  if (pathname.startsWith('/public/')) return answerFile(host, pathname);
  return { status: 200, type: 'text/html; charset=utf-8', body: html(previewOf(host)) };
}

/** A page elsewhere must not be able to write through this host in a visitor's browser. */
function isForeign({ headers }) {
  return headers.origin !== undefined && new URL(headers.origin).host !== headers.host;
}

const previewOf = ({ plugin_json, variant, settings }) => ({
  grafana_version: variant.version,
  plugin_json,
  datasource_uid,
  settings: { jsonData: settings.jsonData, secureJsonFields: { apiToken: settings.secureJsonData.apiToken !== '' } },
});

async function answerQuery(host, request) {
  const body = await readBody(request);
  let asked;
  try {
    asked = JSON.parse(String(body));
  } catch {
    asked = undefined;
  }
  if (!Array.isArray(asked?.queries))
    return { status: 400, type: 'application/json', body: '{"message":"queries is missing"}' };
  const { status, body: answer } = await dsQuery(host.clickhouse, asked);
  return { status, type: 'application/json', body: JSON.stringify(answer) };
}

/** As Grafana keeps them: for this process, changed keys only, and a secret never comes back. */
async function answerSettings(host, request) {
  const shown = () => ({ status: 200, type: 'application/json', body: JSON.stringify(previewOf(host).settings) });
  if (request.method !== 'POST') return shown();
  try {
    const { jsonData, secureJsonData } = JSON.parse(String(await readBody(request)));
    Object.assign(host.settings.jsonData, jsonData);
    Object.assign(host.settings.secureJsonData, secureJsonData);
    return shown();
  } catch {
    return { status: 400, type: 'application/json', body: '{"message":"bad request data"}' };
  }
}

async function answerFile({ variant, plugin_json }, pathname) {
  const places = {
    [`/public/plugins/${plugin_json.id}/`]: join(plugin_folder, 'dist'),
    '/public/host/': variant.bundle,
    '/public/': join(packageFolder(variant.folder, '@grafana/ui'), 'dist/public'),
    '/public/build/': join(packageFolder(variant.folder, '@grafana/ui'), 'dist/public'),
  };
  for (const [prefix, folder] of Object.entries(places)) {
    const file = pathname.startsWith(prefix) ? await readBelow(folder, pathname.slice(prefix.length)) : undefined;
    if (file !== undefined) return { status: 200, ...file };
  }
  return { status: 404, body: '' };
}

function start() {
  const options = readOptions();
  const host = createHost(options);
  const server = createServer((request, response) => {
    answerTo(host, request)
      .catch((error) => ({ status: 500, type: 'text/plain', body: error.message }))
      .then(({ status, type = 'text/plain', body }) => {
        response.writeHead(status, {
          'content-type': type,
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        });
        response.end(body);
      });
  });
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
