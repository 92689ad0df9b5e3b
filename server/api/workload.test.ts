import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeRow, utc, zero_measures } from '@plumbline/contracts';
import { openApiUnderTest } from '../testing/api-under-test.js';
import type { ApiUnderTest } from '../testing/api-under-test.js';

const ended = new Date('2026-11-20T12:00:00Z');
const span = 'from=2026-11-20T11:00:00Z&until=2026-11-20T13:00:00Z';
const features = (columns: readonly string[]) => ({
  ...{ statement_class: 'select', tables: [], joins: [], group_by: [], order_by: [], selects_star: false },
  ...{ has_limit: false, has_offset: false, subqueries: 0, set_operations: 0, has_aggregate: false },
  feature_source: 'ast',
  predicates: columns.map((column) => ({ table: 't', column, operator: 'eq', wrapped_in: '', clause: 'where' })),
});
const queries = [
  { hash: 'a', columns: ['x', 'y'], time_us: 6_000_000n, calls: 60n },
  { hash: 'b', columns: ['x', 'y'], time_us: 2_000_000n, calls: 30n },
  { hash: 'c', columns: ['z'], time_us: 1_000_000n, calls: 9n },
  { hash: 'd', columns: [], time_us: 1_000_000n, calls: 1n },
].map((query) => ({ ...query, query_hash: query.hash.repeat(16) }));

let api: ApiUnderTest;
beforeAll(async () => {
  api = await openApiUnderTest();
  const of = { instance_id: 'shop', batch_id: 'b' };
  const deltas = queries.map(({ query_hash, time_us, calls }) => ({
    ...{ ...zero_measures, ...of, query_hash, database_name: 'shop', user_name: 'app', native_id: '1', is_nested: 0 },
    ...{ plan_hash: '', min_time_us: null, max_time_us: null, bucket_upper_us: [], bucket_calls: [] },
    ...{ percentile_origin: 'means', flags: [], calls, total_time_us: time_us },
    ...{ window_start: utc(new Date(ended.getTime() - 60_000)), window_end: utc(ended) },
  }));
  const texts = queries.map(({ query_hash, columns }) => ({
    ...{ ...of, query_hash, dialect: 'postgresql', statement_class: 'select', hints: '', is_truncated: 0 },
    ...{ normalizer_version: 1, feature_source: 'ast', observed_at: utc(ended), template: `SELECT ${query_hash}` },
    features: JSON.stringify(features(columns)),
  }));
  await api.store.store.insert('query_deltas', deltas.map(encodeRow).join('\n'), { token: 'deltas' });
  await api.store.store.insert('queries', texts.map(encodeRow).join('\n'), { token: 'texts' });
});
afterAll(() => api.close());

const ask = (query: string) => api.ask('viewer', { url: `/api/v1/instances/shop/workload?${query}` });

describe('the workload of a span', () => {
  it('is kept down to the square root of its queries, each with the time and calls it stands for', async () => {
    const answer = await ask(span);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      ...{ of_queries: 4, influence: 'all_pairs', cost_share: 0.9, calls_share: 0.99 },
      queries: [
        { query_hash: 'a'.repeat(16), total_time_us: 8_000_000, calls: 90, stands_for: 2, weight: 0.8 },
        { query_hash: 'c'.repeat(16), total_time_us: 1_000_000, calls: 9, stands_for: 1, weight: 0.1 },
      ],
    });
  });

  it('is kept down to the number asked for', async () => {
    expect((await ask(`${span}&k=1`)).json().queries).toMatchObject([{ query_hash: 'a'.repeat(16) }]);
    expect((await ask(`${span}&k=9`)).json()).toMatchObject({ of_queries: 4, cost_share: 1, calls_share: 1 });
  });

  it('is empty where nothing ran', async () => {
    const answer = await ask('from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z');
    expect(answer.json()).toMatchObject({ of_queries: 0, cost_share: 0, queries: [] });
  });

  it.each([
    ['sql', 'application/sql', '-- Workload of shop'],
    ['parquet', 'application/vnd.apache.parquet', 'PAR1'],
  ])('comes as a file of %s', async (format, media_type, begin) => {
    const answer = await ask(`${span}&format=${format}`);
    expect(answer.headers['content-type']).toContain(media_type);
    expect(answer.headers['content-disposition']).toContain(`workload.${format}`);
    expect(answer.body.startsWith(begin)).toBe(true);
  });

  it.each([
    ['from', 'until=2026-11-20T13:00:00Z'],
    ['from', 'from=yesterday&until=2026-11-20T13:00:00Z'],
    ['until', 'from=2026-11-20T13:00:00Z&until=2026-11-20T13:00:00Z'],
    ['k', `${span}&k=0`],
    ['k', `${span}&k=many`],
    ['format', `${span}&format=xlsx`],
    ['color', `${span}&color=red`],
  ])('names %s when asked for ?%s', async (field, query) => {
    const answer = await ask(query);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().problems.map((problem: { field: string }) => problem.field)).toContain(field);
  });
});
