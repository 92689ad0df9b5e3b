import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { dialects, type Dialect } from '@plumbline/contracts';
import fc from 'fast-check';
import { normalize, redact } from './index.js';

const corpus = (dialect: Dialect): string[] =>
  readFileSync(new URL(`./testdata/corpus/${dialect}.sql`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'));

const spaces = fc.constantFrom(' ', '\n', '\t', '  ', ' /* it\'s "x" 42 */ ', " -- don't\n");

/** Cuts a statement into strings, quoted names, plain runs, by the simplest rules the corpus obeys. */
const parts =
  /((?:[eExXbBnN]|[uU]&|_utf8mb4|[nN]?[qQ])?'(?:[^'\\]|\\.|'')*'|\$(\w*)\$[\s\S]*?\$\2\$|"[^"]*"|`[^`]*`|\[[A-Z][^\]]*\]|:"[^"]*")/;

const strings =
  /[nN]?[qQ]'(?:\[.*?\]|\{.*?\})'|\b(?:[eExXbB]|[uU]&)'(?:[^'\\]|\\.|'')*'|\$(\w*)\$.*?\$\1\$|'(?:[^'\\]|\\.|'')*'/g;

/** Other letter case, other white space, other numbers: never in a quoted part. */
function mutate(sql: string, upper: boolean, space: string, number: string): string {
  return sql
    .split(parts)
    .filter((piece, place) => place % 3 !== 2 && piece !== undefined)
    .map((piece) => {
      if (parts.test(piece) && new RegExp(`^${parts.source}$`).test(piece)) return piece;
      const renumbered = piece.replace(/(?<=[=<>(,] ?|limit |between )\d+(?:\.\d+)?(?=[ ,);]|$)/g, number);
      const cased = upper ? renumbered.toUpperCase() : renumbered.toLowerCase();
      return cased.replace(/ /g, space);
    })
    .join('');
}

describe.each(dialects)('in %s', (dialect) => {
  const statements = corpus(dialect);

  test('letter case, white space, comments and numbers leave every corpus template as it is', () => {
    const property = fc.property(
      fc.constantFrom(...statements),
      fc.boolean(),
      spaces,
      fc.constantFrom('1', '42', '3.14', '1e9'),
      (sql, upper, space, number) => {
        expect(normalize(mutate(sql, upper, space, number), dialect).template).toBe(normalize(sql, dialect).template);
      },
    );
    fc.assert(property, { numRuns: 600 });
  });

  test('other text in every string leaves every corpus template as it is and shows nowhere', () => {
    const property = fc.property(fc.constantFrom(...statements), fc.stringMatching(/^[a-z ]{0,12}$/), (sql, text) => {
      const secret = `Zq7${text}`;
      const changed = sql.replace(strings, (found) => (found.startsWith("'") ? `'${secret}'` : found));
      const normalized = normalize(changed, dialect);
      expect(normalized.template).toBe(normalize(sql, dialect).template);
      expect(JSON.stringify([normalized, normalized.render(), redact(changed, dialect)])).not.toContain('Zq7');
    });
    fc.assert(property, { numRuns: 600 });
  });

  test('no text at all makes it throw, and the hash is stable', () => {
    const pieces = fc.constantFrom(
      ..."' \" ` [ ] ( ) $$ $a$ /* */ -- /*! /*+ # q'[ :\" @ @@ ? ... , ; :: U&' e'\\ \0 \ud800 1e .5 0x values in select null".split(
        ' ',
      ),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((all) => all.join(' ')),
      fc.array(pieces).map((all) => all.join('')),
    );
    const property = fc.property(text, (sql) => {
      const normalized = normalize(sql, dialect);
      expect(normalized.query_hash).toMatch(/^[0-9a-f]{16}$/);
      expect(normalize(sql, dialect).query_hash).toBe(normalized.query_hash);
      expect(normalized.template).not.toContain('\0');
      normalized.render();
      redact(sql, dialect);
    });
    fc.assert(property, { numRuns: 1_200 });
  });

  test('a statement cut anywhere still has a hash', () => {
    for (const sql of statements) {
      for (let length = 0; length < sql.length; length += 7) {
        expect(normalize(sql.slice(0, length), dialect).query_hash).toHaveLength(16);
      }
    }
  });
});

/** Processor time, so that a busy machine fails no test. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

test.each([
  ['an IN list', `select a from t where b in (${'1,'.repeat(500_000)}1)`, 'select a from t where b in (?)'],
  ['VALUES rows', `insert into t values ${"(1,'x'),".repeat(120_000)}(1,'x')`, 'insert into t values (?, ?)'],
  ['one string', `select '${'x'.repeat(1_000_000)}'`, 'select ?'],
])('a megabyte of %s comes to a short template within two seconds of processor time', (_, sql, template) => {
  const before = cpuMs();
  expect(normalize(sql, 'postgresql').template).toBe(template);
  expect(cpuMs() - before).toBeLessThan(2_000);
});

test.each(["'", '"', '/*', '$$', '(', '[', '$a', '/*!', '-', '@?', 'values(', 'in(', '1', '/*+ (1 '])(
  'a megabyte of %s takes no quadratic time',
  (piece) => {
    const sql = piece.repeat(Math.floor(1_000_000 / piece.length));
    const before = cpuMs();
    for (const dialect of ['postgresql', 'mysql'] as const) normalize(sql, dialect);
    expect(cpuMs() - before).toBeLessThan(4_000);
  },
);
