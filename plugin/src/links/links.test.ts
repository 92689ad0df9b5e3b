import { dateTime, toDataFrame, type PluginExtensionPanelContext } from '@grafana/data';
import { setTemplateSrv } from '@grafana/runtime';
import { plugin } from '../module';
import plugin_json from '../plugin.json';
import { alert_link, panel_link } from './addedLinks';

const hash = 'a1b2c3d4e5f60718';
const variables: Readonly<Record<string, string>> = { $instance: 'shop', $query_hash: hash };
beforeAll(() =>
  setTemplateSrv({ replace: (text = '') => text.replace(/\$\w+/g, (name) => variables[name] ?? name) } as never),
);

const panel = (rawSql: string | undefined, ...frames: object[]) =>
  ({
    targets: [{ refId: 'A', ...(rawSql === undefined ? {} : { rawSql }) }],
    timeRange: { from: 'now-3h', to: dateTime(1_763_000_000_000) },
    data: { series: frames.map((fields) => toDataFrame({ fields })) },
  }) as unknown as PluginExtensionPanelContext;
const rows = (instances: string[], hashes: string[]) => [
  { name: 'instance_id', values: instances },
  { name: 'query_hash', values: hashes },
];
const span = 'from=now-3h&to=1763000000000';
const shop = `/a/plumbline-app/queries/shop/${hash}?${span}`;

test.each([
  ['whose SQL names a query', panel(`SELECT 1 FROM v(instance_id = 'shop', query_hash = '${hash}')`), shop],
  [
    'whose SQL takes it from variables',
    panel("SELECT 1 FROM v(instance_id = '$instance', query_hash = '$query_hash')"),
    shop,
  ],
  [
    'whose instance has a quote in its name',
    panel(`SELECT 1 FROM v(instance_id = 'a\\'b/c', query_hash = '${hash}')`),
    `/a/plumbline-app/queries/a'b%2Fc/${hash}?${span}`,
  ],
  ['whose rows are all about one query', panel('SELECT 1', rows(['shop', 'shop'], [hash, hash])), shop],
  [
    'whose series carry it as labels',
    panel(undefined, [{ name: 'calls', values: [1], labels: { instance_id: 'shop', query_hash: hash } }]),
    shop,
  ],
])('the menu of a panel %s leads to that query in the same span', (_case, context, path) => {
  expect(panel_link.configure?.(context)).toEqual({ path });
});

test.each([
  ['about several queries', panel('SELECT 1', rows(['shop', 'shop'], [hash, 'b'.repeat(16)]))],
  ['about all instances', panel("SELECT 1 FROM v(instance_id = '')")],
  ['of another data source', panel(undefined, [{ name: 'up', values: [1] }])],
  ['without rows', panel('SELECT 1')],
])('the menu of a panel %s has no such link', (_case, context) => {
  expect(panel_link.configure?.(context)).toBeUndefined();
});

test.each([
  [
    'a regression leads to its query',
    { instance_id: 'shop', query_hash: hash, regression_id: 'r1' },
    { path: `/a/plumbline-app/queries/shop/${hash}?regression=r1` },
  ],
  [
    'an aspect that cannot be read leads to its instance',
    { instance_id: 'shop', aspect: 'plans' },
    { path: '/a/plumbline-app/instances?var-instance=shop' },
  ],
  ['somebody else has no link', { instance: 'node1:9100' }, undefined],
  ['somebody else who has instances too has no link', { instance_id: 'i-0123' }, undefined],
])('an alert of %s', (_case, labels, link) => {
  expect(alert_link.configure?.({ instance: { labels } })).toEqual(link);
});

test('an alert without labels has no link', () => {
  expect(alert_link.configure?.(undefined)).toBeUndefined();
  expect(alert_link.configure?.({})).toBeUndefined();
});

test('plugin.json lists the links in the words that the code registers', () => {
  const registered = plugin.addedLinkConfigs.map(({ title, description, targets }) => ({
    title,
    description,
    targets,
  }));
  expect(plugin_json.extensions.addedLinks).toEqual(registered);
});
