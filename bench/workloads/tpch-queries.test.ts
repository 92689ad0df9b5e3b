import { expect, it } from '@jest/globals';
import { statementIsSingleDml } from '@plumbline/sql';
import { tpchQueries } from './tpch-queries.js';

const templates = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 21, 22].map((number) => `Q${number}`);

it('gives each of the 19 templates so many instances, in order', () => {
  const queries = tpchQueries(2, 0.1, 1);
  expect(queries.map(({ template, instance }) => `${template}/${instance}`)).toEqual(
    templates.flatMap((template) => [`${template}/0`, `${template}/1`]),
  );
});

it.each(tpchQueries(3, 0.1, 7))(
  '$template/$instance is one statement with every parameter filled in',
  async ({ sql }) => {
    expect(sql).not.toMatch(/[{}?]|--/);
    expect(await statementIsSingleDml(sql)).toBe(true);
  },
);

it('gives the same queries for a seed, and others for another', () => {
  expect(tpchQueries(2, 0.1, 1)).toEqual(tpchQueries(2, 0.1, 1));
  expect(tpchQueries(2, 0.1, 1)).not.toEqual(tpchQueries(2, 0.1, 2));
});

it('scales the fraction of Q11 with the data', () => {
  expect(tpchQueries(1, 0.1, 1).find(({ template }) => template === 'Q11')?.sql).toContain('* 0.0010000000');
});
