import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openApiUnderTest } from '../testing/api-under-test.js';
import type { ApiUnderTest } from '../testing/api-under-test.js';

const hash = 'a'.repeat(16);
const row = (entity_kind: string, instance_id: string, query_hash: string, hour: number, told: object) => ({
  ...{ entity_kind, instance_id, query_hash, feature_set_version: 1, as_of: `2026-11-20 ${hour}:00:00.000` },
  ...{ computed_at: '2026-11-20 23:00:00.000', ...told },
});

let api: ApiUnderTest;
beforeAll(async () => {
  api = await openApiUnderTest();
  const rows = [
    row('statement', '', hash, 10, { counts: { joins: '2' }, lists: { table_names: ['orders'] } }),
    row('query', 'shop', hash, 10, { counts: { calls: '7' }, reals: { mean_time_us: 1.5 } }),
    row('query', 'shop', hash, 12, { counts: { calls: '9' } }),
    row('instance', 'shop', '', 10, { reals: { load: 0.5 } }),
  ];
  await api.store.store.insert('features', rows.map((one) => JSON.stringify(one)).join('\n'), { token: 'features' });
});
afterAll(() => api.close());

const ask = (path: string) => api.ask('viewer', { url: `/api/v1/instances/${path}` });

describe('the features of a query', () => {
  it('are the newest of it, of its statement and of its instance', async () => {
    const answer = await ask(`shop/queries/${hash}/features`);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        ...{ instance_id: 'shop', query_hash: hash },
        statement: known('10', { joins: 2 }, { table_names: ['orders'] }),
        query: known('12', { calls: 9 }),
        instance: known('10', { load: 0.5 }),
      },
    ]);
  });

  it('are those that were known at a past moment', async () => {
    const answer = await ask(`shop/queries/${hash}/features?as_of=2026-11-20T11:59:59Z`);
    expect(answer.json().query).toEqual(known('10', { calls: 7, mean_time_us: 1.5 }));
  });

  it('are of the instance alone when no query is named', async () => {
    const answer = await ask('shop/features');
    expect(answer.json()).toMatchObject({
      query_hash: '',
      statement: null,
      query: null,
      instance: { as_of: at('10') },
    });
  });

  it.each([
    [404, 'as_of', `other/queries/${'b'.repeat(16)}/features`],
    [404, 'as_of', `shop/features?version=9`],
    [404, 'as_of', 'shop/features?as_of=2020-01-01T00:00:00Z'],
    [422, 'version', 'shop/features?version=0'],
    [422, 'as_of', 'shop/features?as_of=yesterday'],
    [422, 'query_hash', 'shop/queries/nothing/features'],
    [422, 'color', 'shop/features?color=red'],
  ])('answer %i and name %s when asked for %s', async (status, field, path) => {
    const answer = await ask(path);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().problems.map((problem: { field: string }) => problem.field)).toContain(field);
  });
});

const at = (hour: string): string => `2026-11-20 ${hour}:00:00.000`;
const known = (hour: string, features: object, lists: object = {}) => ({
  ...{ feature_set_version: 1, as_of: at(hour), features, lists },
});
