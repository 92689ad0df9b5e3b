import { describe, expect, it } from '@jest/globals';
import { normalize } from '@plumbline/sql';
import { hasQuestionOperator, repaired, withNumbers } from './explainable.js';

const templateOf = (sql: string): string => normalize(sql, 'postgresql').template;

describe('placeholders of a template', () => {
  it.each([
    ["select a from t where b = 1 and c in (1, 2) and d like 'x' escape '!'", 4],
    ["select a || 'x', -1, 3 - 2, x | 5 from t limit 5 offset 3", 7],
    ["select date '2020-01-01', time '10:00', interval '1' day, timestamp with time zone '2020-01-01' from t", 4],
    ["select a from t where made > date '2020-01-01' and b between interval '1 day' and interval '2 days'", 3],
    ["select extract(year from made), substring(a from 2 for 3), now() at time zone 'UTC' as d from t", 4],
    ['select a from t order by b fetch first 3 rows only', 1],
    [`select "what?", "a ? b" from t where "c" = 'is it?'`, 1],
    ["select case when a = 1 then 'x' else 'y' end from t where j -> 'k' = '1'", 5],
    ['select a from t where b = $1::text and c = any($2) and d @> $3', 3],
  ])('are numbered in %s', (sql, count) => {
    const template = templateOf(sql);
    expect(hasQuestionOperator(template)).toBe(false);
    const numbered = withNumbers(template);
    expect(numbered.match(/\$\d+/g)).toEqual(Array.from({ length: count }, (_, place) => `$${place + 1}`));
    expect(numbered.replace(/"[^"]*"/g, '')).not.toContain('?');
  });

  it.each([
    ["select a from t where data ? 'k'", 'select a from t where data ? $1'],
    ["select a from t where data ?| array['k', 'l']", 'select a from t where data ?| array[$1]'],
    ['select a from t where t.data ?& $1 and b = 3', 'select a from t where t.data ?& $1 and b = $2'],
    ["select a from t where data @? '$.a'", 'select a from t where data @? $1'],
    [
      `select a from t where "data" ? 'k' and f(x) ? 'k' and d['x'] ? c`,
      'select a from t where data ? $1 and f(x) ? $2 and d[$3] ? c',
    ],
    ["select date ? 'k' from t", 'select date ? $1 from t'],
    ['select interval_of ? name from t', 'select interval_of ? name from t'],
    ['select a ?- b, ?| c, d ?|| e from t', 'select a ?- b, ?| c, d ?|| e from t'],
  ])('are told from the operators of %s', (sql, numbered) => {
    const template = templateOf(sql);
    expect(hasQuestionOperator(template)).toBe(true);
    expect(withNumbers(template)).toBe(numbered);
  });
});

describe('a text that the server made unparsable', () => {
  it.each([
    ['select * from t where made > date $1', 'select * from t where made > $1::date'],
    ['select interval $1 + time $2', 'select $1::interval + $2::time'],
    ['select extract($1 from made) from t', 'select date_part($1, made) from t'],
    ['select * from t where id = any (array[$1, $2])', 'select * from t where id IN ($1, $2)'],
    ['select id from t where id in ($1 /*, ... */)', 'select id from t where id in ($1 )'],
  ])('is repaired: %s', (sql, whole) => {
    expect(repaired(sql)).toBe(whole);
  });

  it.each([
    'select date, time, interval from t where date = $1 and t.interval > $2 order by date',
    'select date ? $1, interval ?| array[$2], "date" ? $3 from t',
    'select \'date $1\', "interval $2" from t /* date $3 */',
  ])('is left alone where date, time and interval are names: %s', (sql) => {
    expect(repaired(sql)).toBe(sql);
  });
});
