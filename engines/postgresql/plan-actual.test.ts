import { describe, expect, test } from '@jest/globals';
import { planTree, type ExplainNode } from './plan-tree.js';

const tree = (node: ExplainNode) => planTree(node, (fragment) => fragment);
const sort: ExplainNode = { 'Node Type': 'Sort', 'Plan Rows': 10, 'Actual Rows': 10, 'Actual Loops': 1 };

describe('what a node really did', () => {
  test('is left out of a plan that was not run', () => {
    const plan = tree({ 'Node Type': 'Seq Scan', 'Plan Rows': 10 });
    expect([plan.actual, plan.partitions, plan.warnings]).toEqual([undefined, undefined, undefined]);
  });

  test('is a sum over the loops, of which PostgreSQL tells the mean', () => {
    const loops = { 'Node Type': 'Index Scan', 'Actual Rows': 2, 'Actual Loops': 300, 'Actual Total Time': 0.05 };
    expect(tree(loops).actual).toMatchObject({ rows: 600, executions: 300, time_us: 15_000 });
  });

  test('is nothing for a node that was never reached', () => {
    const never = { 'Node Type': 'Seq Scan', 'Actual Rows': 0, 'Actual Loops': 0, 'Actual Total Time': 0 };
    expect(tree(never).actual).toMatchObject({ rows: 0, executions: 0, time_us: 0 });
  });

  test.each<[string, Partial<ExplainNode>, number | null]>([
    ['a sort on disk, in kilobytes', { 'Sort Space Type': 'Disk', 'Sort Space Used': 100 }, 102_400],
    [
      'a sort of which one worker went to disk',
      {
        ...{ 'Sort Space Type': 'Memory', 'Sort Space Used': 30 },
        Workers: [{ 'Sort Space Type': 'Disk', 'Sort Space Used': 50 }],
      },
      51_200,
    ],
    ['a sort in memory', { 'Sort Space Type': 'Memory', 'Sort Space Used': 30, 'Temp Written Blocks': 0 }, 0],
    ['an aggregate on disk', { 'Disk Usage': 8 }, 8192],
    ['blocks of temporary files, less those below', { 'Temp Written Blocks': 12, Plans: [below(4), below(3)] }, 40_960],
    ['nothing known without BUFFERS', {}, null],
  ])('has the bytes of %s', (_what, over, spilled_bytes) => {
    expect(tree({ ...sort, ...over }).actual?.spilled_bytes).toBe(spilled_bytes);
  });

  test('has the peak of memory', () => {
    expect(tree({ ...sort, 'Peak Memory Usage': 3 }).actual?.peak_memory_bytes).toBe(3072);
    expect(tree(sort).actual?.peak_memory_bytes).toBeNull();
  });

  test('warns of a hash in several batches', () => {
    expect(tree({ 'Node Type': 'Hash', 'Hash Batches': 8 }).warnings).toEqual([
      { kind: 'spill', text: 'Hash Batches: 8' },
    ]);
    expect(tree({ 'Node Type': 'Hash', 'Hash Batches': 1 }).warnings).toBeUndefined();
  });
});

function below(blocks: number): ExplainNode {
  return { 'Node Type': 'Seq Scan', 'Temp Written Blocks': blocks };
}

describe('the partitions that are read', () => {
  const append = (aliases: readonly string[], over: Partial<ExplainNode> = {}) =>
    tree({ 'Node Type': 'Append', Plans: aliases.map((alias) => member({ Alias: alias })), ...over }).partitions;

  test.each<[string, readonly string[], object | undefined]>([
    ['are numbered behind their table’s name', ['e_1', 'e_2', 'e_3'], { read: 3, total: null }],
    ['may have gaps where execution left some out', ['e_3', 'e_7'], { read: 2, total: null }],
    ['are not the tables of a union', ['orders', 'orders_1', 'orders_2'], undefined],
    ['are not tables of different names', ['a_1', 'b_2'], undefined],
    ['are not numbered backwards', ['e_2', 'e_1'], undefined],
  ])('%s', (_what, aliases, partitions) => {
    expect(append(aliases)).toEqual(partitions);
  });

  test('are fewer than all where execution left some out', () => {
    expect(append(['e_1'], { 'Subplans Removed': 11 })).toEqual({ read: 1, total: 12 });
    const [run, idle] = [member({ Alias: 'e_1', 'Actual Loops': 1 }), member({ Alias: 'e_2', 'Actual Loops': 0 })];
    expect(tree({ 'Node Type': 'Append', Plans: [run, idle] }).partitions).toEqual({ read: 1, total: 2 });
  });

  test('are seen below a sort of their own', () => {
    const sorted = { 'Node Type': 'Sort', 'Parent Relationship': 'Member', Plans: [member({ Alias: 'e_1' })] };
    expect(tree({ 'Node Type': 'Merge Append', Plans: [sorted] }).partitions).toEqual({ read: 1, total: null });
  });

  test('are none of an empty append', () => {
    expect(append([])).toBeUndefined();
  });
});

function member(over: Partial<ExplainNode>): ExplainNode {
  return { 'Node Type': 'Seq Scan', 'Parent Relationship': 'Member', ...over };
}
