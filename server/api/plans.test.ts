import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeRow, utc, zero_measures, type PlanNode } from '@plumbline/contracts';
import { openApiUnderTest } from '../testing/api-under-test.js';
import type { ApiUnderTest } from '../testing/api-under-test.js';

const at = new Date('2026-11-20T12:00:00Z');
const earlier = new Date(at.getTime() - 3_600_000);
const query_hash = 'a'.repeat(16);
const [scanning, seeking, unknown] = ['1'.repeat(16), '2'.repeat(16), '3'.repeat(16)];

const scan: PlanNode = {
  ...{ operator: 'seq_scan', native_operator: 'Seq Scan', schema: 'public', table: 'orders', index: '' },
  ...{ access_condition: '', filter_condition: 'status = ?', estimated_rows: 12, estimated_width_bytes: null },
  ...{ startup_cost: null, total_cost: 990, children: [] },
};
const limit: PlanNode = {
  ...scan,
  operator: 'limit',
  native_operator: 'Limit',
  table: '',
  schema: '',
  filter_condition: '',
};
const plans = [
  { plan_hash: scanning, observed_at: utc(at), tree: { ...limit, total_cost: 1000, children: [scan] } },
  { plan_hash: seeking, observed_at: utc(earlier), tree: { ...scan, operator: 'index_scan', index: 'i' } },
];

let api: ApiUnderTest;
beforeAll(async () => {
  api = await openApiUnderTest();
  const of = { instance_id: 'shop', batch_id: 'b' };
  const window = { window_start: utc(earlier), window_end: utc(at) };
  const rows = {
    plans: plans.map(({ tree, ...plan }) => ({
      ...{ ...of, ...plan, query_hash, total_cost: 1000, origin: 'generic', tree: JSON.stringify(tree) },
    })),
    queries: [
      {
        ...{ ...of, query_hash, dialect: 'postgresql', statement_class: 'select', hints: '', is_truncated: 0 },
        ...{ normalizer_version: 1, feature_source: 'ast', observed_at: utc(at), template: 'SELECT', features: '{}' },
      },
    ],
    query_deltas: [
      {
        ...{ ...zero_measures, ...of, ...window, query_hash, database_name: 'shop', user_name: '', native_id: '1' },
        ...{ is_nested: 0, plan_hash: '', min_time_us: null, max_time_us: null, bucket_upper_us: [], bucket_calls: [] },
        ...{ percentile_origin: 'means', flags: [], calls: 1n, total_time_us: 1n },
      },
    ],
    // The other database has a small table of the same name, which this query never meets.
    table_snapshots: [
      ['shop', 1_200_000n],
      ['other', 5n],
    ].map(([database_name, live_rows]) => ({
      ...{
        ...of,
        ...window,
        database_name,
        schema_name: 'public',
        table_name: 'orders',
        estimated_rows: null,
        live_rows,
      },
      ...{ dead_rows: 0n, modified_since_analyze_rows: 0n, size_bytes: 0n, seq_scans: 0n, seq_rows_read: 0n },
      ...{ index_scans: 0n, inserted_rows: 0n, updated_rows: 0n, deleted_rows: 0n },
      ...{ last_analyzed_at: null, last_vacuumed_at: null },
    })),
  };
  for (const [table, told] of Object.entries(rows))
    await api.store.store.insert(table as keyof typeof rows, told.map(encodeRow).join('\n'), { token: table });
});
afterAll(() => api.close());

const ask = (what: string, hash = query_hash) =>
  api.ask('viewer', { url: `/api/v1/instances/shop/queries/${hash}/${what}` });

describe('what a plan does at a price', () => {
  it('is told of the newest plan, with the rows that its own database counts', async () => {
    const answer = await ask('plan-issues');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      plan_hash: scanning,
      issues: [
        {
          ...{ kind: 'full_scan', path: [0], native_operator: 'Seq Scan', schema: 'public', table: 'orders' },
          sentence:
            'public.orders is read in full, 1,200,000 rows, to keep 12 of them; that is 99 % of the plan’s cost.',
          figures: { scanned_rows: 1_200_000, kept_rows: 12, share_of_plan: 0.99 },
        },
      ],
    });
  });

  it('is nothing for the plan that is asked by its hash and has no fault', async () => {
    expect((await ask(`plan-issues?plan=${seeking}`)).json()).toEqual({ plan_hash: seeking, issues: [] });
  });

  it.each([
    ['a plan that was not seen', `plan-issues?plan=${unknown}`, query_hash, 404],
    ['no hash', 'plan-issues?plan=newest', query_hash, 422],
    ['a query without plans', 'plan-issues', 'b'.repeat(16), 404],
    ['a word that is not known', 'plan-issues?plans=1', query_hash, 422],
  ])('asked with %s is a problem', async (_title, what, hash, status) => {
    expect((await ask(what, hash)).statusCode).toBe(status);
  });
});

describe('two plans laid over each other', () => {
  it('are the newest two', async () => {
    const { before_plan_hash, after_plan_hash, root } = (await ask('plan-diff')).json();
    expect([before_plan_hash, after_plan_hash]).toEqual([seeking, scanning]);
    expect(root.after.native_operator).toBe('Limit');
  });
});
