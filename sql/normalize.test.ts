import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { dialects } from '@plumbline/contracts';
import { parse } from 'yaml';
import { normalize } from './index.js';

interface Cases {
  readonly exact: readonly { readonly sql: string; readonly template: string; readonly hints?: string }[];
  readonly same: readonly (readonly string[])[];
  readonly different: readonly (readonly string[])[];
}
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe.each(dialects)('%s templates', (dialect) => {
  const cases = parse(read(`./testdata/templates/${dialect}.yml`)) as Cases;
  const template = (sql: string): string => normalize(sql, dialect).template;

  test.each(cases.exact)('are written as expected: $sql', ({ sql, template: expected, hints }) => {
    const normalized = normalize(sql, dialect);
    expect(normalized.template).toBe(expected);
    if (hints !== undefined) expect(normalized.hints).toBe(hints);
  });
  test.each(cases.same.map((group) => [group[0], group] as const))('are one for all forms of: %s', (_, group) => {
    expect(new Set(group.map(template)).size).toBe(1);
  });
  test.each(cases.different.map((group) => [group[0], group] as const))('keep apart from others: %s', (_, group) => {
    expect(new Set(group.map(template)).size).toBe(group.length);
  });
});

test('plain SQL has the same hash in every dialect', () => {
  const hashes = dialects.map((dialect) => normalize('SELECT a  FROM t WHERE b = 1;', dialect).query_hash);
  expect(new Set(hashes)).toEqual(new Set(['aaf5c8a1b0f5f521']));
});

const captured = parse(read('./testdata/pg_stat_statements/15.yml')) as readonly { sent: string; kept: string }[];
test.each(captured)('what pg_stat_statements 15 keeps has the template of what was sent: $sent', ({ sent, kept }) => {
  expect(normalize(kept, 'postgresql').template).toBe(normalize(sent, 'postgresql').template);
});

test.each([
  ['select 1', 'select'],
  ['(select 1) union (select 2)', 'select'],
  ['with a as (select 1) update t set b = 1', 'update'],
  ['with a(x) as (insert into t values (1) returning x) select x from a', 'select'],
  ['merge into t using u on a = b when matched then delete', 'merge'],
  ['create table t (a int)', 'ddl'],
  ["set x = '1'", 'utility'],
  ['', 'unknown'],
  ['4711', 'unknown'],
])('the class of "%s" is %s', (sql, expected) => {
  expect(normalize(sql, 'postgresql').statement_class).toBe(expected);
});

describe('a cut text', () => {
  test.each(["select 'abc", 'select "abc', 'select a /* abc', 'select (a', 'select $$abc', "select e'a\\"])(
    'is marked when it ends inside something: %s',
    (sql) => expect(normalize(sql, 'postgresql').is_truncated).toBe(true),
  );
  test('is marked by the three dots of a MySQL digest, which elsewhere only stand for a list', () => {
    expect(normalize('SELECT `a` FROM `t` WHERE ...', 'mysql').is_truncated).toBe(true);
    expect(normalize('SELECT ?, ...', 'mysql').is_truncated).toBe(false);
    expect(normalize('SELECT a FROM t WHERE b IN (...)', 'mysql').is_truncated).toBe(false);
  });
  test('is marked when it reaches the length at which the source cuts, counted in bytes', () => {
    const sql = `select ä${'a'.repeat(1012)}`;
    expect(normalize(sql, 'postgresql', 1024).is_truncated).toBe(true);
    expect(normalize(sql, 'postgresql', 2048).is_truncated).toBe(false);
    expect(normalize(sql, 'postgresql').is_truncated).toBe(false);
  });
});

test('the form for a parser keeps the class of each literal and nothing of its value', () => {
  const { template, render } = renderedOf("select 4711, 'bob', x like 'abc%', y like '%z' from t");
  expect(template).toBe('select ?, ?, x like ?, y like ? from t');
  expect(render).toBe("select 1, 'x', x like 'x%', y like '%x' from t");
});

function renderedOf(sql: string): { template: string; render: string } {
  const normalized = normalize(sql, 'postgresql');
  return { template: normalized.template, render: normalized.render() };
}

test('a template that comes back from the store is its own template', () => {
  for (const dialect of dialects) {
    for (const line of read(`./testdata/corpus/${dialect}.sql`).split('\n').slice(1)) {
      const { template } = normalize(line, dialect);
      expect(normalize(template, dialect).template).toBe(template);
    }
  }
});
