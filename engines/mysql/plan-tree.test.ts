import { describe, expect, it } from '@jest/globals';
import type { PlanNode } from '@plumbline/contracts';
import { hashOfPlan, redact } from '@plumbline/sql';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { planTree } from './plan-tree.js';
import { tableNames } from './table-names.js';

interface Captured {
  readonly server_version: string;
  readonly cases: readonly { readonly name: string; readonly statement: string; readonly plan: unknown }[];
}

const load = <T>(file: string): T =>
  JSON.parse(readFileSync(new URL(`./testdata/${file}`, import.meta.url), 'utf8')) as T;
const captured = {
  mariadb: load<Captured>('explain-mariadb-10.11.json'),
  mysql_v1: load<Captured>('explain-mysql-9.7-v1.json'),
  mysql_v2: load<Captured>('explain-mysql-9.7-v2.json'),
};
/** By case, then by format. */
const outlines = load<Record<string, Record<string, string>>>('plan-outlines.json');
const names = tableNames('from `shop`.`customers` `c` join `shop`.`orders` `o` left join `shop`.`parted` `p`');
const redacted = (fragment: string): string => redact(fragment, 'mysql');

/** `sort [note](seq_scan orders {amount > ?})`: access condition in [], filter in {}, partitions read as p4. */
function outline(node: PlanNode): string {
  const parts = [
    node.operator,
    node.table === '' ? '' : ` ${node.schema === '' ? '' : `${node.schema}.`}${node.table}`,
    node.index === '' ? '' : `/${node.index}`,
    node.access_condition === '' ? '' : ` [${node.access_condition}]`,
    node.filter_condition === '' ? '' : ` {${node.filter_condition}}`,
    node.partitions === undefined ? '' : ` p${node.partitions.read}`,
  ];
  return parts.join('') + (node.children.length === 0 ? '' : `(${node.children.map(outline).join('; ')})`);
}

const treeOf = (plan: unknown): PlanNode => {
  const tree = planTree(plan, names, redacted);
  if (tree === undefined) throw new Error('no tree');
  return tree;
};

describe.each(Object.entries(captured))('the plans of %s', (format, { cases }) => {
  it.each(cases)('reads $name as the common tree', ({ name, plan }) => {
    expect(outline(treeOf(plan))).toBe(outlines[name]?.[format]);
  });

  it('keep no literal of any statement', () => {
    const text = JSON.stringify(cases.map(({ plan }) => treeOf(plan)));
    for (const literal of ['secret', '2031', "'", '12.5', '990']) expect(text).not.toContain(literal);
  });

  it('have a hash that costs, rows and literals do not change', () => {
    for (const { plan } of cases) {
      const other = JSON.parse(
        JSON.stringify(plan)
          .replaceAll('secret', 'hidden')
          .replace(/"(rows\w*|\w*cost)":"?[\d.]+"?/g, '"$1":"77"'),
      ) as unknown;
      expect(hashOfPlan(treeOf(other))).toBe(hashOfPlan(treeOf(plan)));
    }
  });
});

it('tells costs and rows of joins in every format that has them', () => {
  const join = (format: keyof typeof captured): PlanNode =>
    treeOf(captured[format].cases.find(({ name }) => name === 'join-ref')?.plan);
  expect(join('mysql_v1')).toMatchObject({ total_cost: 988.62, estimated_rows: 924 });
  expect(join('mysql_v2').total_cost).toBeCloseTo(988.62, 2);
  expect(join('mariadb')).toMatchObject({ total_cost: null, estimated_rows: 143 * 9 });
});

it('reads the costs of MariaDB 11, which are numbers, and its hash joins', () => {
  const table = (table_name: string, cost: number) => ({
    table_name,
    access_type: 'ALL',
    rows: 5,
    cost,
    filtered: 100,
  });
  const plan = {
    query_block: {
      ...{ select_id: 1, cost: 12.5 },
      nested_loop: [{ table: table('c', 4) }, { 'block-nl-join': { table: table('o', 8), join_type: 'BNLH' } }],
    },
  };
  expect(treeOf(plan)).toMatchObject({
    operator: 'hash_join',
    total_cost: 12.5,
    children: [{ total_cost: 4 }, { total_cost: 8 }],
  });
});

it('has no tree for another shape, and never throws', () => {
  for (const plan of [null, 'text', 7, [], {}, { query_block: null }, { query_plan: [] }]) {
    expect(planTree(plan, names, redacted)).toBeUndefined();
  }
  const keys = [
    'query_block',
    'query_plan',
    'table',
    'nested_loop',
    'inputs',
    'filesort',
    'access_type',
    'message',
    'ref',
  ];
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, 'ALL', -1, true, ''),
      tie('object'),
      fc.array(tie('tree')),
    ),
    object: fc.dictionary(fc.constantFrom(...keys), tie('tree')),
  }));
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('query_block', 'query_plan'), tree),
      (plan) => void planTree(plan, names, redacted),
    ),
  );
});

describe('the tables behind aliases', () => {
  it.each([
    ['from `shop`.`orders` `o` where (`shop`.`o`.`id` = 4)', 'o', { schema: 'shop', table: 'orders' }],
    ['from `shop`.`orders` where (`shop`.`orders`.`id` = 4)', 'orders', { schema: 'shop', table: 'orders' }],
    ["select '`a`.`b` `c`' AS `x` from `s`.`t` `c`", 'c', { schema: 's', table: 't' }],
    ['from `odd ``name`.`t``x` `a``b`', 'a`b', { schema: 'odd `name', table: 't`x' }],
  ])('are found in %s', (rewritten, alias, table) => {
    expect(tableNames(rewritten).get(alias)).toEqual(table);
  });
});
