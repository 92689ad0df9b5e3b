// The plugin proxy of Grafana, driven by the plugin's own routes: the first route that fits the method and path wins.
const time_limit_ms = 60_000;

/** `{{ .JsonData.x }}` and `{{ .SecureJsonData.x }}`, the two places a route may take values from. */
export function fillTemplate(text, { jsonData, secureJsonData }) {
  return text.replace(/\{\{\s*\.(JsonData|SecureJsonData)\.(\w+)\s*\}\}/g, (_all, from, key) => {
    const value = (from === 'JsonData' ? jsonData : secureJsonData)[key];
    return value === undefined ? '' : String(value);
  });
}

/** @returns the route and what of the path its `*` stands for; undefined when none fits. */
export function matchRoute(routes, method, path) {
  for (const route of routes) {
    if (route.method !== undefined && route.method !== '*' && route.method !== method) continue;
    if (route.path.endsWith('/*')) {
      const base = route.path.slice(0, -1);
      if (path.startsWith(base) && path.length > base.length) return { route, rest: path.slice(base.length) };
    } else if (route.path === path) return { route, rest: '' };
  }
  return undefined;
}

export async function proxy({ routes, settings }, { method, path, search, body, content_type }) {
  const matched = matchRoute(routes, method, path);
  if (matched === undefined)
    return { status: 404, type: 'application/json', body: '{"message":"plugin proxy route not found"}' };
  const { route, rest } = matched;
  const base = fillTemplate(route.url, settings);
  const url = `${base}${rest === '' ? '' : `/${rest}`}${search}`;
  const headers = { accept: 'application/json', 'x-grafana-user': 'preview' };
  for (const { name, content } of route.headers ?? []) headers[name.toLowerCase()] = fillTemplate(content, settings);
  if (body.length > 0) headers['content-type'] = content_type ?? 'application/json';
  try {
    const answer = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(time_limit_ms),
      ...(body.length > 0 ? { body } : {}),
    });
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? 'application/octet-stream',
      // Bytes, not text: a Parquet file goes through here too.
      body: Buffer.from(await answer.arrayBuffer()),
    };
  } catch (error) {
    const is_late = error.name === 'TimeoutError';
    return { status: is_late ? 504 : 502, type: 'text/plain', body: '' };
  }
}
