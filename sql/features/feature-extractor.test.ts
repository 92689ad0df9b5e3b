import { afterEach, describe, expect, test } from '@jest/globals';
import { queryHash, type Template } from '@plumbline/contracts';
import { FeatureExtractor, normalize, statementIsSingleDml } from '../index.js';

const opened: FeatureExtractor[] = [];
function open(options?: ConstructorParameters<typeof FeatureExtractor>[0]): FeatureExtractor {
  const extractor = new FeatureExtractor(options);
  opened.push(extractor);
  return extractor;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((extractor) => extractor.close()));
});

const select = (table: string): Template => normalize(`select a from ${table} where b = 1`, 'mysql');

/** polyglot 0.12.1 never returns from this text. DDL does not reach a parser, so it says it were a query. */
const hanging: Template = {
  query_hash: queryHash('00000000000000ff'),
  template: 'create table t (a int generated always as identity (',
  hints: '',
  statement_class: 'select',
  is_truncated: false,
  normalizer_version: 1,
};

describe('a parse that never ends', () => {
  test('is stopped by the watchdog; those asked with it and after it are answered', async () => {
    const extractor = open({ watchdog_ms: 800 });
    await extractor.warmUp(['mysql']);
    const before = Date.now();
    const [first, hung, second] = await Promise.all([
      extractor.features(select('t1'), 'mysql'),
      extractor.features(hanging, 'mysql'),
      extractor.features(select('t2'), 'mysql'),
    ]);
    expect(Date.now() - before).toBeLessThan(30_000);
    expect(hung.feature_source).toBe('none');
    expect([first.feature_source, second.feature_source]).toEqual(['ast', 'ast']);
    expect(extractor.quarantined).toBe(1);
    expect((await extractor.features(select('t3'), 'mysql')).feature_source).toBe('ast');
  });

  test('is not tried twice', async () => {
    const extractor = open({ watchdog_ms: 500, cache_entries: 1 });
    await extractor.features(hanging, 'mysql');
    await extractor.features(select('t1'), 'mysql');
    const before = Date.now();
    expect((await extractor.features(hanging, 'mysql')).feature_source).toBe('none');
    expect(Date.now() - before).toBeLessThan(450);
  });

  test('does not keep close() waiting, and everyone gets an answer', async () => {
    const extractor = open({ watchdog_ms: 60_000 });
    await extractor.warmUp(['mysql']);
    const answers = [hanging, select('t1')].map((template) => extractor.features(template, 'mysql'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = Date.now();
    await extractor.close();
    expect((await Promise.all(answers)).map((features) => features.feature_source)).toEqual(['none', 'tokens']);
    expect(Date.now() - before).toBeLessThan(20_000);
  });
});

test('two workers answer a thousand templates, each its own', async () => {
  const extractor = open({ workers: 2 });
  const names = Array.from({ length: 1_000 }, (_, place) => `t_${place}`);
  const all = await Promise.all(names.map((name) => extractor.features(select(name), 'mysql')));
  expect(all.map((features) => features.tables[0]?.table)).toEqual(names);
});

test('the same template asked for again is the same answer', async () => {
  const extractor = open();
  const [first, second] = await Promise.all([
    extractor.features(select('t'), 'mysql'),
    extractor.features(select('t'), 'mysql'),
  ]);
  expect(second).toBe(first);
  expect(await extractor.features(select('t'), 'mysql')).toBe(first);
});

test('a template equal in two dialects is read in each', async () => {
  const extractor = open();
  const template = normalize('select a from t where b = 1', 'oracle');
  expect((await extractor.features(template, 'oracle')).feature_source).toBe('ast');
  expect((await extractor.features(template, 'postgresql')).feature_source).toBe('ast');
});

test.each([
  ['select 1', true],
  ['values (1)', true],
  ['with c as (select 1) delete from t using c', true],
  ['merge into t using u on t.a = u.a when matched then delete', true],
  ['select $1', true],
  ['select 1;', true],
  ['select 1; drop table t', false],
  ['select 1; select 2', false],
  ['', false],
  ["select 'open", false],
  ['explain select 1', false],
  ['create table t (a int)', false],
  ['do $$ begin end $$', false],
  ['select 1 \0; drop table t', false],
  ['set role x', false],
])('"%s" may stand behind EXPLAIN: %s', async (sql, expected) => {
  expect(await statementIsSingleDml(sql)).toBe(expected);
});
