import { expect, it } from '@jest/globals';
import { hasParameters, readingHalf } from './explainable.js';

it.each([
  ['SELECT 1;', 'SELECT 1'],
  ['(SELECT 1) UNION (SELECT 2)', '(SELECT 1) UNION (SELECT 2)'],
  ['/* app */ WITH x AS (SELECT 1) SELECT * FROM x', '/* app */ WITH x AS (SELECT 1) SELECT * FROM x'],
  ["UPDATE orders SET note = 'where' WHERE id = 5", 'SELECT 1 FROM orders WHERE id = 5'],
  ['UPDATE LOW_PRIORITY IGNORE orders SET note = 1', 'SELECT 1 FROM orders'],
  [
    'UPDATE a JOIN b ON a.id = b.id SET a.x = (SELECT max(y) FROM c WHERE z = 1) WHERE a.id > 3 ORDER BY a.id LIMIT 5',
    'SELECT 1 FROM a JOIN b ON a.id = b.id WHERE a.id > 3 ORDER BY a.id LIMIT 5',
  ],
  ['DELETE FROM orders WHERE id = 5 RETURNING id', 'SELECT 1 FROM orders WHERE id = 5'],
  ['DELETE a FROM a JOIN b ON a.id = b.id WHERE b.x = 1', 'SELECT 1 FROM a JOIN b ON a.id = b.id WHERE b.x = 1'],
  ['DELETE FROM a USING a JOIN b ON a.id = b.id WHERE b.x = 1', 'SELECT 1 FROM a JOIN b ON a.id = b.id WHERE b.x = 1'],
  ['DELETE FROM orders LIMIT 10', 'SELECT 1 FROM orders LIMIT 10'],
  ['INSERT INTO a (x) SELECT x FROM b WHERE y = 1 ON DUPLICATE KEY UPDATE x = 2', 'SELECT x FROM b WHERE y = 1'],
  ['REPLACE INTO a SELECT * FROM b', 'SELECT * FROM b'],
])('%s is planned as %s', (sample, planned) => {
  expect(readingHalf(sample)).toBe(planned);
});

it.each([
  ["INSERT INTO a VALUES ((SELECT max(x) FROM b), 'select')"],
  ["INSERT INTO a SET x = 'select'"],
  ['WITH x AS (SELECT 1) DELETE FROM a WHERE id IN (SELECT * FROM x)'],
  ['CALL make_orders(5)'],
  ['EXPLAIN ANALYZE SELECT 1'],
  ['ANALYZE SELECT 1'],
  ['CREATE TABLE a AS SELECT 1'],
  ['SET @x = (SELECT 1)'],
  ["DO SLEEP(1) # SELECT 'x'"],
  [''],
])('%s is not planned', (sample) => {
  expect(readingHalf(sample)).toBeUndefined();
});

it.each([
  ['SELECT * FROM a WHERE id = ?', true],
  ['SELECT \'?\', `?`, /* ? */ "?" FROM a -- ?', false],
])('%s has parameters: %s', (sample, expected) => {
  expect(hasParameters(sample)).toBe(expected);
});
