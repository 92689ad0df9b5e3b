// What the preview host answers: plugin/host/README.md says what it is not.
import { Buffer } from 'node:buffer';
import { dsQuery } from './ds-query.mjs';
import { readBelow } from './files.mjs';
import { html } from './html.mjs';
import { proxy } from './proxy.mjs';

const max_body_bytes = 1_000_000;
const json_type = 'application/json';

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

/** @param host the plugin's manifest, what it is configured with, and the folders that files come from. */
export async function answerTo(host, request) {
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
      type: json_type,
      body: '{"message":"The preview host has no such part of Grafana"}',
    };
  if (pathname.startsWith('/public/')) return answerFile(host, pathname);
  return { status: 200, type: 'text/html; charset=utf-8', body: html(previewOf(host)) };
}

/** A page elsewhere must not be able to write through this host in a visitor's browser. */
function isForeign({ headers }) {
  if (headers.origin === undefined) return false;
  // A sandboxed page sends the word "null".
  return !URL.canParse(headers.origin) || new URL(headers.origin).host !== headers.host;
}

const previewOf = ({ plugin_json, grafana_version, datasource_uid, settings }) => ({
  grafana_version,
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
  if (!Array.isArray(asked?.queries)) return { status: 400, type: json_type, body: '{"message":"queries is missing"}' };
  const { status, body: answer } = await dsQuery(host.clickhouse, asked);
  return { status, type: json_type, body: JSON.stringify(answer) };
}

/** As Grafana keeps them: for this process, changed keys only, and a secret never comes back. */
async function answerSettings(host, request) {
  const shown = () => ({ status: 200, type: json_type, body: JSON.stringify(previewOf(host).settings) });
  if (request.method !== 'POST') return shown();
  try {
    const { jsonData, secureJsonData } = JSON.parse(String(await readBody(request)));
    Object.assign(host.settings.jsonData, jsonData);
    Object.assign(host.settings.secureJsonData, secureJsonData);
    return shown();
  } catch {
    return { status: 400, type: json_type, body: '{"message":"bad request data"}' };
  }
}

/** The first folder that has it, of those whose prefix fits. */
async function answerFile({ places }, pathname) {
  for (const [prefix, folder] of places) {
    const file = pathname.startsWith(prefix) ? await readBelow(folder, pathname.slice(prefix.length)) : undefined;
    if (file !== undefined) return { status: 200, ...file };
  }
  return { status: 404, body: '' };
}

/** For `createServer`: every fault of this host is an answer too. */
export const listenerOf = (host) => (request, response) => {
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
};
