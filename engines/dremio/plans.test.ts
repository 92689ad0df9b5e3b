import { describe, expect, it } from '@jest/globals';
import type { PlanNode } from '@plumbline/contracts';
import { redact } from '@plumbline/sql';
import fc from 'fast-check';
import { zipSync, strToU8 } from 'fflate';
import { planLines } from './plan-text.js';
import { planTree } from './plan-tree.js';
import { unpackProfile } from './profile.js';
import { join_plan, join_profile, profileZip } from './testing/profile-zip.js';

const redacted = (fragment: string): string => redact(fragment, 'dremio');

function treeOf(zip: Uint8Array): PlanNode {
  const unpacked = unpackProfile(zip);
  if ('problem' in unpacked) throw new Error(unpacked.problem);
  const tree = planTree(planLines(unpacked.profile.plan), unpacked.profile.runs, redacted);
  if (tree === undefined) throw new Error('no tree');
  return tree;
}

const flat = (node: PlanNode): PlanNode[] => [node, ...node.children.flatMap(flat)];
const named = (tree: PlanNode, name: string): PlanNode | undefined =>
  flat(tree).find((node) => node.native_operator === name);

describe('a profile as a plan', () => {
  const tree = treeOf(profileZip({ plan: '' }, join_profile));

  it('has the operators in the common vocabulary, in their places', () => {
    const outline = (node: PlanNode, depth = 0): string[] => [
      `${'  '.repeat(depth)}${node.operator} ${node.native_operator} ${[node.schema, node.table].filter(Boolean).join(' | ')}`.trimEnd(),
      ...node.children.flatMap((child) => outline(child, depth + 1)),
    ];
    expect(outline(tree)).toEqual([
      'result Screen',
      '  result Project',
      '    exchange UnionExchange',
      '      aggregate HashAgg',
      '        hash_join HashJoin',
      '          other Filter',
      '            seq_scan TableFunction lake.sales.eu | orders',
      '          seq_scan ParquetScan lake.sales | items',
    ]);
  });

  it('tells what each operator was expected to do and what it did, over all threads', () => {
    expect(named(tree, 'HashJoin')).toMatchObject({
      ...{ estimated_rows: 1000, total_cost: 600.5 },
      actual: { rows: 90_000, executions: 1, time_us: 4_000, spilled_bytes: 8_192, peak_memory_bytes: 2_000_000 },
      warnings: [{ kind: 'spill', text: 'spilled 4 times' }],
    });
    expect(named(tree, 'Filter')?.actual?.rows).toBe(5_000);
    expect(named(tree, 'ParquetScan')?.actual).toMatchObject({ rows: 20, spilled_bytes: 0 });
    expect(named(tree, 'UnionExchange')?.actual).toBeUndefined();
  });

  it('keeps conditions and loses every literal', () => {
    expect(named(tree, 'HashJoin')?.access_condition).toBe('= ($0, $3)');
    expect(named(tree, 'Filter')?.filter_condition).toContain('= ($1');
    const text = JSON.stringify(tree);
    for (const literal of ['Müller', '1234567', 'secret', 'rowType']) expect(text).not.toContain(literal);
  });

  it('names no metric that the profile itself does not name', () => {
    const unnamed = treeOf(profileZip({ ...join_profile, operatorTypeMetricsMap: {} }));
    expect(named(unnamed, 'HashJoin')).toMatchObject({ actual: { spilled_bytes: 0 } });
    expect(named(unnamed, 'HashJoin')?.warnings).toBeUndefined();
  });

  it.each([
    ['a plan before it is costed, as EXPLAIN prints it', '00-00    Screen\n00-01      Limit(fetch=[5])', 2],
    ['no plan', '', 0],
    ['another text', 'LogicalProject(a=[$0])\n  LogicalFilter', 0],
    ['an operator that is not known', '00-00    BrandNew(x=[1])', 1],
  ])('reads %s', (_title, text, operators) => {
    expect(planLines(text)).toHaveLength(operators);
  });

  it('a name that is no known operator may be part of a literal: it is not told', () => {
    expect(planTree(planLines('00-00    BrandNew(x=[1])'), new Map(), redacted)).toMatchObject({
      ...{ operator: 'other', native_operator: 'Unknown' },
    });
  });

  it('joins without a condition are warned of', () => {
    const text = '00-00    NestedLoopJoin(condition=[true], joinType=[inner]) : rowType = x: rowcount = 1.0E9';
    const join = planTree(planLines(text), new Map(), redacted);
    expect(join).toMatchObject({
      operator: 'nested_loop',
      warnings: [{ kind: 'no_join_predicate' }],
      estimated_rows: 1e9,
    });
  });
});

describe('a ZIP that is none', () => {
  it.each([
    ['no ZIP', strToU8('<html>'), /not a ZIP/],
    ['no profile in it', zipSync({ 'header.json': strToU8('{}') }), /no profile/],
    ['half a JSON', zipSync({ 'profile_attempt_0.json': strToU8('{"plan": ') }), /not a ZIP of JSON/],
    ['another JSON', zipSync({ 'profile_attempt_0.json': strToU8('[1]') }), /not a profile/],
    ['a cut ZIP', profileZip(join_profile).slice(0, 300), /not a ZIP/],
  ])('%s', (_title, zip, problem) => {
    expect(unpackProfile(zip)).toEqual({ problem: expect.stringMatching(problem) as unknown });
  });

  it('neither bytes nor JSON of any shape throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => profileZip(JSON.parse(text))),
        ),
        (zip) => {
          unpackProfile(zip);
        },
      ),
    );
  });

  it('a plan with anything changed in it gives a tree or none', () => {
    const change = fc.record({ at: fc.nat(join_plan.length), text: fc.string({ maxLength: 5 }), cut: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 5 }), (changes) => {
        const text = changes.reduce(
          (plan, { at, text, cut }) => plan.slice(0, at) + text + plan.slice(at + cut),
          join_plan,
        );
        planTree(planLines(text), new Map(), redacted);
      }),
    );
  });

  it('no literal leaves a plan, whatever stands in it', () => {
    const part = fc.constantFrom(
      '\n',
      '01-07    ',
      'Scan(table=[',
      '], ',
      ' : rowType = ',
      '$7',
      '(',
      '[',
      '"',
      '`',
      ' ',
      "'",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.array(part, { maxLength: 8 }), (before, after) => {
        const literal = [...before, 'Canary8515', ...after].join('').replaceAll("'", "''");
        const plan = join_plan.replace('Müller, [x] : rowType = y', () => literal);
        expect(JSON.stringify(planTree(planLines(plan), new Map(), redacted))).not.toContain('Canary');
      }),
    );
  });
});
