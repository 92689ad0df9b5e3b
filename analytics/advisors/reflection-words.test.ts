import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { datasetPath, isSameDataset, pathOfTable } from './dataset-path.js';
import { simpleMeasures } from './simple-measures.js';

test.each([
  ['lake.sales.orders', ['lake', 'sales', 'orders']],
  [
    'Samples."samples.dremio.com"."NYC-taxi-trips-iceberg"',
    ['Samples', 'samples.dremio.com', 'NYC-taxi-trips-iceberg'],
  ],
  ['"or""ders"', ['or"ders']],
  ['', []],
])('the path %j has its parts', (name, parts) => expect(datasetPath(name)).toEqual(parts));

test('a path written with quotes is read back as it was', () => {
  const written = (parts: readonly string[]) => parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), (parts) =>
      isSameDataset(datasetPath(written(parts)), parts),
    ),
  );
});

test('a table’s schema may be a path of its own', () =>
  expect(pathOfTable({ schema_name: 'lake.sales', table_name: 'or.ders' })).toEqual(['lake', 'sales', 'or.ders']));

test.each([
  [
    'select sum(total), avg("price") from t',
    [
      ['total', 'sum'],
      ['price', 'count,sum'],
    ],
  ],
  ['select count(*), max(t.day), min(t.day) from t', [['day', 'max,min']]],
  ['select count(*) from t', []],
])('%j folds what a stored aggregate keeps', (template, told) =>
  expect(simpleMeasures(template)?.map(({ column, functions }) => [column, functions.join()])).toEqual(told),
);

test.each([
  ['an expression', 'select sum(a * b) from t'],
  ['different values', 'select count(distinct a) from t'],
  ['a median beside a sum', 'select sum(a), median(b) from t'],
  ['a call within', 'select max(lower(a)) from t'],
  ['nothing', 'select a from t group by a'],
])('%s is not kept by one', (_title, template) => expect(simpleMeasures(template)).toBeUndefined());
