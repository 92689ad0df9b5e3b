import { readFileSync } from 'node:fs';
import { api_routes } from '@plumbline/contracts';
import plugin_json from './plugin.json';

const grafana_role = { viewer: 'Viewer', operator: 'Editor', admin: 'Admin' } as const;

/** Grafana's rule: the first route with this verb whose path fits; `*` stands for at least one character. */
const routeFor = (method: string, path: string) =>
  plugin_json.routes.find(
    (route) =>
      route.method === method &&
      (route.path.endsWith('/*') ? path.startsWith(route.path.slice(0, -1)) : path === route.path),
  );

test.each(api_routes.map(({ method, path, role }) => [method, path, role] as const))(
  '%s %s passes the proxy for %s and no lower role',
  (method, path, role) => {
    const route = routeFor(method, `api/v1${path.replace(/:\w+/g, 'x')}`);
    expect(route?.reqRole).toBe(grafana_role[role]);
  },
);

test('the proxy lets nothing through that the API has not', () => {
  for (const { method } of plugin_json.routes) expect(api_routes.map((route) => route.method)).toContain(method);
});

test('every route adds the token from the secure settings, and none from elsewhere', () => {
  for (const { headers, url } of plugin_json.routes) {
    expect(headers).toEqual([{ name: 'Authorization', content: 'Bearer {{ .SecureJsonData.apiToken }}' }]);
    expect(url).toMatch(/^\{\{ \.JsonData\.apiUrl \}\}\/api\/v1/);
  }
});

test('the entry file imports no page, only the links that menus ask for', () => {
  const entry = readFileSync(`${__dirname}/module.tsx`, 'utf8');
  const named = [...entry.matchAll(/^import (?!type)[^;]* from '(\.[^']*)'/gm)].map(([, path]) => path);
  expect(named).toEqual(['./links/addedLinks']);
});
