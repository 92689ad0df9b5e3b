import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bearsMark, marked } from './own-mark.js';

it.each([
  ['SELECT 1', 'SELECT /* plumbline */ 1'],
  ['EXPLAIN PLAN FOR SELECT 1', 'EXPLAIN /* plumbline */ PLAN FOR SELECT 1'],
  ['\n  WITH a AS (SELECT 1) SELECT * FROM a', '\n  WITH /* plumbline */ a AS (SELECT 1) SELECT * FROM a'],
])('marks %j behind its first word', (sql, sent) => {
  expect(marked(sql)).toBe(sent);
  expect(bearsMark(sent)).toBe(true);
});

it.each([
  ['as it was sent', 'SELECT /* plumbline */ 1', true],
  ['by a version that marked in front', '/* plumbline */ SELECT 1', true],
  ['with blanks folded', ' select/*plumbline*/1', true],
  ['of others, with a comment of their own', 'SELECT /* app */ 1', false],
  ['of others, that only speaks of us', "SELECT 'SELECT /* plumbline */ 1'", false],
  ['whose mark was taken away', 'SELECT  1', false],
  ['that is empty', '', false],
])('knows a statement %s', (_title, text, is_ours) => {
  expect(bearsMark(text)).toBe(is_ours);
});

it('knows every statement that it marked itself', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z]\w{0,9}$/), fc.string(), (word, rest) =>
      bearsMark(marked(`${word} ${rest}`)),
    ),
  );
});
