import { FieldType, toDataFrame } from '@grafana/data';
import { addChangeMark } from './changeMark';
import { nameByOrigin } from './nameByOrigin';

const answered = (origins: readonly string[]) =>
  toDataFrame({
    fields: [
      { name: 'time', type: FieldType.time, values: origins.map((_, at) => at) },
      { name: 'p95', type: FieldType.number, values: origins.map((_, at) => at * 10) },
      { name: 'origin', type: FieldType.string, values: origins },
    ],
  });
const seriesOf = (origins: readonly string[]) =>
  nameByOrigin('p95')([answered(origins)])[0]?.fields.map(({ name, values }) => [name, [...values]]);

test('a percentile is named by the origin that its own rows tell', () => {
  expect(seriesOf(['means', 'means'])).toEqual([
    ['time', [0, 1]],
    ['p95 of interval means', [0, 10]],
  ]);
});

test('two origins are two series, neither filled with the other', () => {
  expect(seriesOf(['means', 'exact', 'means'])).toEqual([
    ['time', [0, 1, 2]],
    ['p95 of interval means', [0, null, 20]],
    ['p95 of runs', [null, 10, null]],
  ]);
});

test('an answer without rows or without an origin is left as it is', () => {
  expect(seriesOf([])).toEqual([['time', []]]);
  const other = toDataFrame({ fields: [{ name: 'load', type: FieldType.number, values: [1] }] });
  expect(nameByOrigin('p95')([other])).toEqual([other]);
});

test('a moment is marked only in a chart that shows something', () => {
  const mark = addChangeMark('applied', '2026-11-21 10:00:00.000');
  expect(mark([answered([])])).toHaveLength(1);
  expect(mark([answered(['means'])])[1]?.fields.map(({ name, values }) => [name, [...values]])).toEqual([
    ['time', [Date.UTC(2026, 10, 21, 10)]],
    ['applied', [1]],
  ]);
});
