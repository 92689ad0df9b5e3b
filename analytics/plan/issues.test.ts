import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { planTree, type ExplainNode } from '@plumbline/engines/postgresql/plan-tree';
import { redact } from '@plumbline/sql';
import { plan_issue_kinds, type PlanIssue, type PlanNode } from '@plumbline/contracts';
import fc from 'fast-check';
import { parse } from 'yaml';
import { analytics_settings_schema } from '../settings.js';
import { planOf, type WrittenPlan } from '../testing/written-plan.js';
import { planIssues } from './issues.js';

const limits = analytics_settings_schema.parse({});
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const named = ({ kind, path }: PlanIssue): string => `${kind} ${path.length === 0 ? 'root' : path.join('.')}`;

interface Case {
  readonly name: string;
  readonly table_rows?: Readonly<Record<string, number>>;
  readonly plan: WrittenPlan;
  readonly finds?: readonly string[];
  readonly figures?: Readonly<Record<string, number>>;
  readonly finds_nothing_because?: string;
}

describe('of a written plan', () => {
  const cases = parse(read('./issues.cases.yml')) as readonly Case[];
  test.each(cases.map((one) => [one.name, one] as const))('%s', (_name, { plan, table_rows, finds, figures }) => {
    const issues = planIssues(planOf(plan), limits, (_schema, table) => table_rows?.[table]);
    expect(issues.map(named)).toEqual(finds ?? []);
    if (figures) expect(issues[0]?.figures).toMatchObject(figures);
  });
});

interface Captured {
  readonly statement: string;
  readonly explain: readonly [{ readonly Plan: ExplainNode }];
}
const setup = JSON.parse(read('./testdata/postgresql-15/setup.json')) as { table_rows: Record<string, number> };

function issuesOf(captured: string): readonly PlanIssue[] {
  const { explain } = JSON.parse(read(`./testdata/postgresql-15/${captured}.json`)) as Captured;
  const plan = planTree(explain[0].Plan, (fragment) => redact(fragment, 'postgresql'));
  return planIssues(plan, limits, (_schema, table) => setup.table_rows[table]);
}

describe('of a plan that PostgreSQL 15 ran', () => {
  test.each<[string, readonly string[]]>([
    ['full-scan', ['full_scan 0']],
    ['nested-loop', ['nested_loop 0', 'misestimate 0']],
    ['misestimate', ['misestimate 1.0']],
    ['spill-of-a-sort', ['spill root']],
    ['spill-of-a-hash', ['spill root', 'spill 1']],
    ['spill-in-parallel', ['spill 0']],
    ['missing-pruning', ['misestimate 0.2', 'missing_pruning 0']],
    ['implicit-conversion', ['full_scan root', 'misestimate root', 'implicit_conversion root']],
    ['pruned-at-planning', []],
    ['pruned-at-execution', ['misestimate 0.0']],
    ['union-of-tables', []],
    ['lookup-by-key', []],
  ])('%s', (captured, found) => {
    expect(issuesOf(captured).map(named)).toEqual(found);
  });

  test('each kind is told in a sentence with its figures', () => {
    const captured = ['full-scan', 'nested-loop', 'misestimate', 'spill-of-a-sort', 'missing-pruning'];
    const sentences = captured.map((name) =>
      issuesOf(name).find(({ kind }) => name.startsWith(kind.replace('_', '-'))),
    );
    expect(sentences.map((issue) => issue?.sentence.replace(/\d+ % of/, '… of'))).toEqual([
      'public.orders is read in full, 200,000 rows, to keep 2 of them; that is … of the plan’s time.',
      'All 400 rows of public.bands are gone through 200,000 times, 80,000,000 comparisons, because no index finds the matching ones.',
      'public.customers gave 1,000 rows where 50 were expected, 20 times more.',
      'Sort wrote 11.6 MB of temporary files.',
      '12 partitions are read although rows are filtered, and 11 of them gave none.',
    ]);
    const [converted] = issuesOf('implicit-conversion').slice(-1);
    expect(converted?.sentence).toBe(
      'public.orders.id is turned into numeric in each of 200,000 rows before it is compared.',
    );
  });
});

test('no plan at all makes it throw, every path leads to the node, and every figure is one', () => {
  const figure = fc.option(fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e12, noNaN: true })), { nil: undefined });
  const node = fc.record({
    is: fc.constantFrom('seq_scan t', 'nested_loop', 'append', 'limit', 'sort', 'materialize', 'seq_scan'),
    ...{ rows: figure, cost: figure, filter: fc.constantFrom('', '((a)::numeric = ?)') },
    actual: fc.option(
      fc.record({ rows: figure, executions: fc.option(fc.nat()), time_us: figure, spilled_bytes: figure }),
      {
        nil: undefined,
      },
    ),
    partitions: fc.option(fc.record({ read: fc.nat(), total: fc.option(fc.integer({ min: 1 })) }), { nil: undefined }),
  });
  const trees = fc.letrec<{ tree: WrittenPlan }>((tie) => ({
    tree: fc
      .tuple(node, fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('tree'), { maxLength: 3 })))
      .map(([root, below]) => ({ ...root, below }) as WrittenPlan),
  })).tree;
  fc.assert(
    fc.property(trees, figure, (tree, table_rows) => {
      const root = planOf(tree);
      for (const issue of planIssues(root, limits, () => table_rows)) {
        const place = issue.path.reduce<PlanNode | undefined>((at, child) => at?.children[child], root);
        expect(place?.native_operator).toBe(issue.native_operator);
        expect(plan_issue_kinds).toContain(issue.kind);
        expect(issue.sentence).not.toMatch(/NaN|undefined|Infinity|null/);
        for (const value of Object.values(issue.figures)) expect(Number.isFinite(value)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
