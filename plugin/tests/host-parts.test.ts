/** @jest-environment node */
import { frameOf, kindOf, wideFrameOf } from '../host/server/data-frames.mjs';
import { expandMacros } from '../host/server/macros.mjs';
import { fillTemplate, matchRoute } from '../host/server/proxy.mjs';

const span = { from_ms: 1_763_000_000_123, to_ms: 1_763_003_600_000, interval_ms: 15_500 };

test.each([
  ['$__fromTime', 'toDateTime(1763000000)'],
  ['$__toTime', 'toDateTime(1763003600)'],
  ['$__fromTime_ms', 'fromUnixTimestamp64Milli(1763000000123)'],
  ['$__timeFilter(at)', 'at >= toDateTime(1763000000) AND at <= toDateTime(1763003600)'],
  ['$__timeFilter( at )', 'at >= toDateTime(1763000000) AND at <= toDateTime(1763003600)'],
  ['$__dateFilter(day)', 'day >= toDate(1763000000) AND day <= toDate(1763003600)'],
  ['$__timeInterval(at)', 'toStartOfInterval(toDateTime(at), INTERVAL 15 second)'],
  ['$__timeInterval_ms(at)', 'toStartOfInterval(toDateTime64(at, 3), INTERVAL 15500 millisecond)'],
  ['greatest(60, $__interval_s)', 'greatest(60, 15)'],
  ["'$' AND '$x'", "'$' AND '$x'"],
])('%s is written out as %s', (sql, expanded) => expect(expandMacros(sql, span)).toBe(expanded));

test('an interval below a second is a second', () => {
  expect(expandMacros('$__interval_s', { ...span, interval_ms: 20 })).toBe('1');
});

test.each(['$__nothing', '$__toString(x)', '$__constructor'])('%s is refused, as the data source does', (sql) => {
  expect(() => expandMacros(sql, span)).toThrow('unknown macro');
});

test.each([
  ['UInt64', 'number'],
  ['Nullable(Decimal(10, 2))', 'number'],
  ['LowCardinality(Nullable(String))', 'string'],
  ["DateTime64(3, 'UTC')", 'time'],
  ['Date', 'time'],
  ['Bool', 'boolean'],
  ['Array(UInt8)', 'string'],
])('the type %s is a %s', (type, kind) => expect(kindOf(type)).toBe(kind));

test('values come as Grafana takes them: times in milliseconds UTC, nulls kept, lists as text', () => {
  const meta = [
    { name: 'at', type: "DateTime64(3, 'UTC')" },
    { name: 'day', type: 'Date' },
    { name: 'big', type: 'UInt64' },
    { name: 'none', type: 'Nullable(Float64)' },
    { name: 'list', type: 'Array(String)' },
  ];
  const data = [
    { at: '2026-11-21 10:00:00.250', day: '2026-11-21', big: '18446744073709551615', none: null, list: ['a'] },
  ];
  const frame = frameOf('A', { meta, data });
  expect(frame.data.values).toEqual([
    [Date.UTC(2026, 10, 21, 10, 0, 0, 250)],
    [Date.UTC(2026, 10, 21)],
    [18446744073709552000],
    [null],
    ['["a"]'],
  ]);
});

const long = (rows: [string, string, number][]) =>
  frameOf('A', {
    meta: [
      { name: 'time', type: 'DateTime' },
      { name: 'instance', type: 'String' },
      { name: 'load', type: 'Float64' },
    ],
    data: rows.map(([time, instance, load]) => ({ time, instance, load })),
  });

test('a text column makes one series per value; where one has no point it has a gap', () => {
  const wide = wideFrameOf(
    long([
      ['2026-11-21 10:00:00', 'a', 1],
      ['2026-11-21 10:00:00', 'b', 2],
      ['2026-11-21 10:01:00', 'b', 3],
    ]),
  );
  expect(wide.schema.fields.map(({ labels }: { labels?: object }) => labels)).toEqual([
    undefined,
    { instance: 'a' },
    { instance: 'b' },
  ]);
  expect(wide.data.values.slice(1)).toEqual([
    [1, null],
    [2, 3],
  ]);
});

test('no rows give no series, and a frame without text stays as it is', () => {
  expect(wideFrameOf(long([])).data.values).toEqual([[]]);
  const plain = frameOf('A', { meta: [{ name: 'time', type: 'DateTime' }], data: [] });
  expect(wideFrameOf(plain)).toBe(plain);
});

const routes = [
  { path: 'a/b', method: 'GET', url: 'first' },
  { path: 'a/*', method: 'GET', url: 'second' },
  { path: 'a/*', method: 'POST', url: 'third' },
  { path: 'c', url: 'any verb' },
];
test.each([
  ['GET', 'a/b', 'first', ''],
  ['GET', 'a/b/c', 'second', 'b/c'],
  ['POST', 'a/b', 'third', 'b'],
  ['PUT', 'c', 'any verb', ''],
  ['GET', 'a/', undefined, undefined],
  ['GET', 'a', undefined, undefined],
  ['DELETE', 'a/b', undefined, undefined],
  ['GET', 'xa/b', undefined, undefined],
])('%s %s takes the route %s', (method, path, url, rest) => {
  const matched = matchRoute(routes, method, path);
  expect([matched?.route.url, matched?.rest]).toEqual([url, rest]);
});

test.each([
  ['{{ .JsonData.url }}/x', 'http://api/x'],
  ['Bearer {{.SecureJsonData.token}}', 'Bearer s'],
  ['{{ .JsonData.missing }}', ''],
  ['{{ .JsonData.token }}', ''],
])('%s becomes %s', (text, filled) => {
  expect(fillTemplate(text, { jsonData: { url: 'http://api' }, secureJsonData: { token: 's' } })).toBe(filled);
});
