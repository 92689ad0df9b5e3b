import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gateStatement, RefusedStatement } from './statement-gate.js';

describe('the statement gate', () => {
  test.each([
    'SELECT 1',
    "SELECT 'one; two' AS a, `b;c` FROM t;",
    '  -- a comment; here\n WITH 1 AS x SELECT x /* ; */',
    "SELECT * FROM query_top(instance_id = '', `from` = '2026-01-01 00:00:00', `to` = '2026-01-02 00:00:00', limit = 10)",
    '(SELECT 1) UNION ALL (SELECT 2)',
    'SHOW DATABASES',
    'SHOW TABLES FROM "plumbline"',
    'SHOW CREATE TABLE query_deltas',
    'DESC TABLE "plumbline"."query_deltas"',
    'EXPLAIN SELECT 1',
    'EXISTS TABLE query_deltas',
    'SELECT name FROM system.columns',
    'SELECT number FROM numbers(10)',
    'SELECT deltaSum(x), cos(y), cosineDistance(a, b) FROM t',
    "SELECT file, url FROM t WHERE file = 'x'",
    "SELECT 'INTO OUTFILE' AS words",
    'SELECT {n:UInt8} FORMAT JSON',
  ])('lets %j through', (sql) => {
    expect(gateStatement(sql)).toBe(sql.replace(/(;| \/\* ; \*\/)$/, ''));
  });

  test.each([
    ['nothing', '', 'begins with'],
    ['a comment alone', '-- SELECT 1', 'begins with'],
    ['two statements', 'SELECT 1; DROP TABLE t', 'one statement'],
    ['a second statement behind a comment', 'SELECT 1 /* x */ ; -- y\n SELECT 2', 'one statement'],
    ['DDL', 'DROP TABLE t', 'begins with'],
    ['an insert', 'INSERT INTO t VALUES (1)', 'begins with'],
    ['SET', 'SET readonly = 0', 'begins with'],
    ['KILL', 'KILL QUERY WHERE 1 ASYNC', 'begins with'],
    ['SYSTEM', 'SYSTEM SHUTDOWN', 'begins with'],
    ['OUTFILE', "SELECT 1 INTO OUTFILE '/tmp/x'", 'no files'],
    ['OUTFILE in pieces', "SELECT 1 INTO/**/OuTfIlE '/tmp/x'", 'no files'],
    ['the file table function', "SELECT * FROM file('/etc/passwd')", 'function file'],
    ['the scalar file function', "SELECT file ('/etc/passwd')", 'function file'],
    ['file with a comment between', "SELECT FILE/* */('/etc/passwd')", 'function file'],
    ['a quoted function', "SELECT `file`('/etc/passwd')", 'function file'],
    ['an escaped name', "SELECT `f\\x69le`('/etc/passwd')", 'backslash'],
    ['url', "SELECT * FROM url('http://169.254.169.254')", 'function url'],
    ['remote', "SELECT * FROM remoteSecure('h', system.one)", 'function remotesecure'],
    ['merge', "SELECT * FROM merge('system', '.*')", 'function merge'],
    ['executable', "SELECT * FROM executable('x', TSV, 'a String')", 'function executable'],
    ['another statement in eval', "SELECT * FROM eval('SELECT 1')", 'function eval'],
    ['other statements', 'SELECT query FROM system.processes', 'system.processes'],
    ['other statements, quoted', 'SELECT query FROM "system" . `processes`', 'system.processes'],
    ['other statements by SHOW', 'SHOW PROCESSLIST', 'SHOW PROCESSLIST'],
    ['grants', 'SHOW GRANTS', 'SHOW GRANTS'],
    ['the overlay over files', 'SELECT * FROM default.`etc`', 'database default'],
    ['a table by parameter', 'SELECT * FROM {d:Identifier}.{t:Identifier}', 'Identifier'],
    ['an unclosed quote', "SELECT 'x", 'not closed'],
    ['an unclosed comment', 'SELECT 1 /* x', 'not closed'],
    ['typographic quotes', 'SELECT \u2018a\u2019', 'must be quoted'],
    ['a NUL', 'SELECT 1\0; DROP TABLE t', 'NUL'],
  ])('refuses %s', (_case, sql, reason) => {
    expect(() => gateStatement(sql)).toThrow(RefusedStatement);
    expect(() => gateStatement(sql)).toThrow(reason);
  });

  const fragment = fc.constantFrom(
    'SELECT 1',
    ';',
    "'",
    '"',
    '`',
    '\\',
    '--',
    '/*',
    '*/',
    '#',
    '# ',
    '$$',
    '$a$',
    '\n',
    ' ',
    'x',
    "''",
    '(',
    ')',
    '.',
    '\u2018',
    'a\u0301',
  );

  test('whatever surrounds it, an unquoted second statement, OUTFILE or file() never passes', () => {
    const evil = fc.constantFrom(
      '; DROP TABLE t',
      " INTO OUTFILE '/tmp/x'",
      " , file('/etc/passwd')",
      ' FROM system.processes',
    );
    fc.assert(
      fc.property(
        fc.array(fragment, { maxLength: 8 }),
        evil,
        fc.array(fragment, { maxLength: 8 }),
        (before, bad, after) => {
          // Balanced quoting before it, judged by the engine's plainest rule: the gate alone must see it outside.
          const sql = `SELECT 1 ${before.filter((part) => /^[\s.x()]+$/.test(part)).join('')} ${bad} ${after.join('')}`;
          expect(() => gateStatement(sql)).toThrow(RefusedStatement);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('any text either is refused or comes back as a part of itself, and passes again unchanged', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.array(fragment).map((parts) => parts.join('')),
        ),
        (text) => {
          let passed: string;
          try {
            passed = gateStatement(`SELECT 1 ${text}`);
          } catch (error) {
            expect(error).toBeInstanceOf(RefusedStatement);
            return;
          }
          expect(`SELECT 1 ${text}`.startsWith(passed)).toBe(true);
          expect(gateStatement(passed)).toBe(passed);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('a text of a megabyte is judged quickly', () => {
    const started = performance.now();
    gateStatement(`SELECT '${"x''".repeat(330_000)}'`);
    expect(() => gateStatement(`SELECT ${'/*'.repeat(500_000)}`)).toThrow('not closed');
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
