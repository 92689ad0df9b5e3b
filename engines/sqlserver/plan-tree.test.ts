import { describe, expect, it } from '@jest/globals';
import type { PlanNode } from '@plumbline/contracts';
import { hashOfPlan, redact } from '@plumbline/sql';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { showplan } from './plan-tree.js';

interface Case {
  readonly file: string;
  readonly title: string;
  readonly asked?: string;
  readonly plan_hash?: string;
  readonly total_cost: number;
  readonly lines: readonly string[];
}

const folder = new URL('../../sqlserver/testdata/plans/', import.meta.url);
const cases = parse(readFileSync(new URL('cases.yml', folder), 'utf8')) as readonly Case[];
const read = (file: string): string => readFileSync(new URL(`${file}.xml`, folder), 'utf8');
const redacted = (fragment: string): string => redact(fragment, 'sqlserver');
const planOf = (file: string, asked?: string) => {
  const plan = showplan(read(file), redacted, asked);
  if (plan === undefined) throw new Error(`${file} has no plan`);
  return plan;
};

/** One line per node: operator, native name, object, access, filter, warnings. */
function lines(node: PlanNode, depth = 0): string[] {
  const object = [node.schema, node.table, node.index].join('.');
  const warnings = (node.warnings ?? []).map(({ kind, text }) => ` | ${kind}: ${text}`).join('');
  const fields = [node.operator, node.native_operator, object === '..' ? '' : object, node.access_condition];
  const line = `${'  '.repeat(depth)}${fields.join(' | ')} | ${node.filter_condition}${warnings}`;
  return [line.trimEnd(), ...node.children.flatMap((child) => lines(child, depth + 1))];
}

describe('Showplan XML becomes the common tree', () => {
  it.each(cases)('$file: $title', ({ file, asked, plan_hash, total_cost, lines: expected }) => {
    const plan = planOf(file, asked);
    expect(lines(plan.tree)).toEqual(expected);
    expect(plan.total_cost).toBe(total_cost);
    expect(plan.plan_hash).toBe(plan_hash ?? hashOfPlan(plan.tree));
  });

  it('keeps no literal, wherever the plan repeats it', () => {
    const trees = ['key-lookup', 'implicit-conversion', 'parallel-spill-actual'].map((file) => planOf(file).tree);
    expect(JSON.stringify(trees)).not.toMatch(/4711|hunter2|2026-01-01/);
  });

  it('sums what the threads really did, and takes the longest of them for the time', () => {
    const [sort] = planOf('parallel-spill-actual').tree.children;
    expect(sort?.actual).toEqual({
      ...{ rows: 990, executions: 2, time_us: 3_100_000, spilled_bytes: 98_304, peak_memory_bytes: 1_048_576 },
    });
    const [join] = sort?.children[0]?.children ?? [];
    expect(join?.actual).toMatchObject({ rows: 1_900_000, spilled_bytes: 819_200, peak_memory_bytes: null });
    expect(join?.children.map(({ partitions }) => partitions)).toEqual([undefined, { read: 3, total: null }]);
    expect(planOf('key-lookup').tree.actual).toBeUndefined();
  });

  it('has the same shape whatever the literals, costs and rows are', () => {
    const xml = read('implicit-conversion');
    const other = xml.replaceAll('hunter2', 'another').replaceAll('EstimateRows="1"', 'EstimateRows="99"');
    expect(showplan(other, redacted)?.plan_hash).toBe(planOf('implicit-conversion').plan_hash);
    const moved = xml.replaceAll('IX_code', 'IX_other');
    expect(showplan(moved, redacted)?.plan_hash).not.toBe(planOf('implicit-conversion').plan_hash);
  });

  it.each([
    { what: 'nothing', xml: '' },
    { what: 'a cut plan', xml: read('key-lookup').slice(0, 2_000) },
    { what: 'another document', xml: '<html><body/></html>' },
    { what: 'a statement without a plan', xml: '<ShowPlanXML><StmtSimple StatementText="USE shop"/></ShowPlanXML>' },
    {
      what: 'nesting without end',
      xml: `<ShowPlanXML>${'<RelOp>'.repeat(5_000)}${'</RelOp>'.repeat(5_000)}</ShowPlanXML>`,
    },
    { what: 'entities that would grow', xml: '<!DOCTYPE x [<!ENTITY a "aaaa">]><ShowPlanXML Version="&a;"/>' },
  ])('has no plan for $what', ({ xml }) => {
    expect(showplan(xml, redacted)).toBeUndefined();
  });

  it('never throws, whatever is cut out of a plan or put into it', () => {
    const files = ['key-lookup', 'parallel-spill-actual', 'cursor-batch'].map(read);
    const damage = fc.record({
      xml: fc.constantFrom(...files),
      at: fc.nat(8_000),
      cut: fc.nat(400),
      put: fc.oneof(fc.string(), fc.constantFrom('<RelOp>', '</RelOp>', '<Warnings/>', '&#0;', '\ud800', ']]>')),
    });
    fc.assert(
      fc.property(damage, ({ xml, at, cut, put }) => {
        const plan = showplan(xml.slice(0, at) + put + xml.slice(at + cut), redacted);
        expect(plan === undefined || plan.tree.native_operator.length >= 0).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
