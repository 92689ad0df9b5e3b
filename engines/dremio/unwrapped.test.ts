import { describe, expect, it } from '@jest/globals';
import { unwrapped } from './collect/unwrapped.js';

const inner = `SELECT a, ')' AS "b)" FROM t WHERE c IN (1, 2) -- )\n`;

describe('a statement that a tool wrapped to see its first rows', () => {
  it.each([
    [`SELECT * FROM (${inner}) "Custom SQL Query" LIMIT 100`],
    [`select * from (${inner}) as q limit 501;`],
    [` SELECT *\nFROM (${inner})\nLIMIT 10`],
    [`SELECT * FROM (SELECT * FROM (${inner}) x LIMIT 5) y LIMIT 7`],
  ])('%j is the statement within', (sql) => {
    expect(unwrapped(sql)).toBe(inner.trim());
  });

  it.each([
    [inner],
    [`SELECT * FROM (${inner}) q`],
    [`SELECT * FROM (${inner}) q WHERE a > 1 LIMIT 5`],
    [`SELECT * FROM (${inner}) q JOIN (${inner}) r ON q.a = r.a LIMIT 5`],
    [`SELECT a FROM (${inner}) q LIMIT 5`],
    [`SELECT * FROM (${inner}`],
    [`SELECT * FROM (SELECT 'it''s`],
  ])('%j is left as it is', (sql) => {
    expect(unwrapped(sql)).toBe(sql);
  });
});
