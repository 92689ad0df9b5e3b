import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { plan_operators, type PlanDiffNode, type PlanNode } from '@plumbline/contracts';
import { diffPlans } from './diff.js';

type Written = readonly [string, ...Written[]];
interface Case {
  readonly name: string;
  readonly before: Written;
  readonly after: Written;
  readonly diff: Written;
}

function planOf([text, ...children]: Written, cost = 1): PlanNode {
  const [operator = '', on = ''] = text.split(' ');
  const [table = '', index = ''] = on.split('/');
  return {
    operator: operator as PlanNode['operator'],
    native_operator: operator,
    ...{ schema: '', table, index, access_condition: '', filter_condition: '' },
    ...{ estimated_rows: cost, estimated_width_bytes: 8, startup_cost: 0, total_cost: cost },
    children: children.map((child) => planOf(child, cost)),
  };
}

const marks = { same: '=', changed: '~', added: '+', removed: 'x' };
const text = (facts: Omit<PlanNode, 'children'> | null) =>
  facts ? `${facts.operator}${facts.table && ` ${facts.table}`}${facts.index && `/${facts.index}`}` : '';

function written({ change, before, after, children }: PlanDiffNode): Written {
  const both = change === 'changed' ? `${text(before)} → ${text(after)}` : text(after ?? before);
  return [`${marks[change]} ${both}`, ...children.map(written)];
}

describe('the plan diff', () => {
  const cases = parse(readFileSync(new URL('./diff.cases.yml', import.meta.url), 'utf8')) as readonly Case[];
  test.each(cases.map((one) => [one.name, one] as const))('%s', (_name, { before, after, diff }) => {
    expect(written(diffPlans(planOf(before), planOf(after)))).toEqual(diff);
  });

  test('moved costs and row counts change no shape, and both figures are kept', () => {
    const root = diffPlans(planOf(['seq_scan orders'], 10), planOf(['seq_scan orders'], 900));
    expect(root).toMatchObject({ change: 'same', before: { total_cost: 10 }, after: { total_cost: 900 } });
  });

  test('a changed filter is a changed node', () => {
    const before = planOf(['seq_scan orders']);
    expect(diffPlans(before, { ...before, filter_condition: '(a = ?)' }).change).toBe('changed');
  });

  const roots = fc
    .tuple(fc.constantFrom(...plan_operators.slice(0, 10)), fc.constantFrom('', ' a', ' b/i'))
    .map((parts) => parts.join(''));
  const trees = fc.letrec<{ tree: Written }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      roots.map((root): Written => [root]),
      fc.tuple(roots, fc.array(tie('tree'), { maxLength: 3 })).map(([root, below]): Written => [root, ...below]),
    ),
  })).tree;
  const nodesOf = (root: PlanNode): Omit<PlanNode, 'children'>[] => {
    const { children, ...facts } = root;
    return [facts, ...children.flatMap(nodesOf)];
  };
  const diffNodes = (root: PlanDiffNode): PlanDiffNode[] => [root, ...root.children.flatMap(diffNodes)];
  const sorted = (nodes: readonly unknown[]) => nodes.map((node) => JSON.stringify(node)).sort();

  test('every node of either plan stands in the diff exactly once', () => {
    fc.assert(
      fc.property(trees, trees, (one, other) => {
        const [before, after] = [planOf(one), planOf(other)];
        const nodes = diffNodes(diffPlans(before, after));
        expect(sorted(nodes.flatMap((node) => node.before ?? []))).toEqual(sorted(nodesOf(before)));
        expect(sorted(nodes.flatMap((node) => node.after ?? []))).toEqual(sorted(nodesOf(after)));
      }),
      { numRuns: 100 },
    );
  });

  test('a plan against itself is the same everywhere', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        expect(diffNodes(diffPlans(planOf(tree), planOf(tree))).every((node) => node.change === 'same')).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('plans of 200 nodes are compared within seconds', () => {
    const deep = (levels: number): Written =>
      levels === 0 ? ['seq_scan t'] : ['hash_join', deep(levels - 1), ['seq_scan t']];
    const started = performance.now();
    diffPlans(planOf(deep(100)), planOf(['limit', deep(99)]));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
