import { expect, it } from '@jest/globals';
import { normalize } from '@plumbline/sql';
import { readdirSync } from 'node:fs';
import { isOwn, marked } from './own-statements.js';
import { statement } from './source.js';

const files = readdirSync(new URL('./collect/', import.meta.url)).filter((file) => file.endsWith('.sql'));
const is_own = (sql: string): boolean => isOwn(normalize(sql, 'mysql').template);

it.each(files)('%s is known by its digest alone', (file) => {
  // Names stand where the engine puts them in.
  expect(is_own(marked(statement(file).replace(/\{\{\w+\}\}/g, 'x')).replace(/^\/\*.*?\*\//, ''))).toBe(true);
});

it.each([
  ['EXPLAIN FORMAT = JSON SELECT * FROM `orders`', true],
  ['SHOW WARNINGS', true],
  ['SELECT * FROM `plumbline` . `orders`', false],
  ['SELECT `plumbline_owner` FROM `orders`', false],
  ['SET SESSION `lock_wait_timeout` = ?', false],
  ['EXPLAIN SELECT * FROM `orders`', false],
])('%s is ours: %s', (digest_text, expected) => {
  expect(is_own(digest_text)).toBe(expected);
});
