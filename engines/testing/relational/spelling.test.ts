import { describe, expect, it } from '@jest/globals';
import { positional, respelled } from './spelling.js';

describe('The driver doubles translate', () => {
  it.each([
    { what: 'named binds', sql: 'SELECT :a + :b', text: 'SELECT $1 + $2', values: [1, 2] },
    { what: 'a bind that is named twice', sql: ':b = :a OR :b IS NULL', text: '$1 = $2 OR $1 IS NULL', values: [2, 1] },
    { what: 'no bind within a literal', sql: `'HH24:a:b' || :a`, text: `'HH24:a:b' || $1`, values: [1] },
    { what: 'no bind within a comment', sql: '/* :a */ :b -- :a', text: '/* :a */ $1 -- :a', values: [2] },
    { what: 'no bind within a quoted name', sql: '":a" = :b', text: '":a" = $1', values: [2] },
    { what: 'no bind in a cast', sql: ':b::a', text: '$1::a', values: [2] },
  ])('$what', ({ sql, text, values }) => {
    expect(positional(sql, { a: 1, b: 2 }, ':')).toEqual({ text, values });
  });

  it('binds of the other sign, but not system variables', () => {
    expect(positional('SELECT @@VERSION, @a', { a: 1 }, '@')).toEqual({ text: 'SELECT @@VERSION, $1', values: [1] });
  });

  it('no SQL with a bind that has no value', () => {
    expect(() => positional('SELECT :gone', {}, ':')).toThrow('bind :gone has no value');
  });

  it('spellings outside of literals only', () => {
    const rules = [{ pattern: /\bGETDATE\(\)/gi, replacement: 'now()' }];
    expect(respelled(`SELECT GETDATE(), 'GETDATE()' /* GETDATE() */`, rules)).toBe(
      `SELECT now(), 'GETDATE()' /* GETDATE() */`,
    );
  });
});
