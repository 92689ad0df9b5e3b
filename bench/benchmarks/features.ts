/** How soon the features of a query are at hand among 100,000 others, and what working them out costs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { computeFeatures } from '@plumbline/analytics/features/compute';
import { feature_set_version, featureNames } from '@plumbline/analytics/features/definition';
import type { EntityKind } from '@plumbline/analytics/features/definition';
import { feature_definitions } from '@plumbline/analytics/features/definitions';
import { askView, createViews, migrate, openStore } from '@plumbline/clickhouse';
import type { AskView, Store } from '@plumbline/clickhouse';
import { dialects, utc } from '@plumbline/contracts';
import type { Dialect } from '@plumbline/contracts';
import { FeatureExtractor, normalize } from '@plumbline/sql';
import { percentile } from '../figure.js';
import type { Benchmark, Figure } from '../figure.js';

const instances = 20;
const queries_per_instance = 5_000;
/** Four a day for two days: each look-up has to pick the newest that is not too new. */
const moments = 8;
const moment_s = 21_600;
const end = new Date('2026-11-01T00:00:00Z');
const lookups = 1_000;
const warm_up_lookups = 50;
const lookup_target_ms = 10;
const extraction_target_ms = 1;
const variants = 4;

/** Every feature of a kind with a value of its own, as the job writes them. */
function maps(entity: EntityKind): string {
  const of = (kind: string): readonly string[] =>
    feature_definitions[entity].filter((one) => one.kind === kind).flatMap(featureNames);
  const pairs = (kind: string, value: string): string =>
    of(kind)
      .map((name, at) => `'${name}', ${value.replace('?', String(at))}`)
      .join(', ');
  const reals = pairs('real', '(cityHash64(number, ?) % 1000000) / 1000');
  return `map(${pairs('count', 'cityHash64(number, ?) % 1000000')}),
    ${reals === '' ? "CAST(map(), 'Map(String, Float64)')" : `map(${reals})`},
    ${of('list').length === 0 ? "CAST(map(), 'Map(String, Array(String))')" : `map(${pairs('list', "['orders', 'customers']")})`}`;
}

const hash_sql = "lower(leftPad(hex(number % {queries:UInt32}), 16, '0'))";
const keys: Readonly<Record<EntityKind, readonly [rows: number, instance_id: string, query_hash: string]>> = {
  statement: [queries_per_instance, "''", hash_sql],
  query: [instances * queries_per_instance, "concat('shop-', toString(intDiv(number, {queries:UInt32})))", hash_sql],
  instance: [instances, "concat('shop-', toString(number))", "''"],
};

async function fill(store: Store, say: (line: string) => void): Promise<void> {
  for (let moment = 0; moment < moments; moment++) {
    const as_of = utc(new Date(end.getTime() - moment * moment_s * 1000));
    for (const [entity, [rows, instance_id, query_hash]] of Object.entries(keys)) {
      await store.command(
        `INSERT INTO features SELECT '${entity}', ${instance_id}, ${query_hash}, {version:UInt16},
          {as_of:DateTime64(3, 'UTC')}, ${maps(entity as EntityKind)}, {as_of:DateTime64(3, 'UTC')}
         FROM numbers({rows:UInt32})`,
        { params: { as_of, rows, version: feature_set_version, queries: queries_per_instance } },
      );
    }
    say(`moment ${moment + 1} of ${moments}: ${instances * queries_per_instance} queries`);
  }
}

async function lookUp(ask: AskView): Promise<Figure> {
  const samples_ms: number[] = [];
  for (let at = -warm_up_lookups; at < lookups; at++) {
    const query_hash = (((at + warm_up_lookups) * 7_919) % queries_per_instance).toString(16).padStart(16, '0');
    // Anywhere in the second half of the time, so that newer rows have to be passed over.
    const as_of = utc(new Date(end.getTime() - (Math.abs(at) % (moments / 2)) * moment_s * 1000 + 1_000));
    const asked = { instance_id: `shop-${Math.abs(at) % instances}`, query_hash, as_of, version: feature_set_version };
    const began = performance.now();
    const rows = await ask('feature_lookup', asked);
    if (at >= 0) samples_ms.push(performance.now() - began);
    if (rows.length !== 3) throw new Error(`${rows.length} kinds of features instead of 3`);
  }
  const p95_ms = percentile(samples_ms, 0.95);
  return {
    figure: `look-up of a query’s, its statement’s and its instance’s features, p95 of ${lookups}, ${instances * queries_per_instance} entities × ${moments} moments`,
    measured: `${p95_ms.toFixed(1)} ms (p50 ${percentile(samples_ms, 0.5).toFixed(1)} ms)`,
    target: `< ${lookup_target_ms} ms`,
    is_met: p95_ms < lookup_target_ms,
  };
}

const day_sql = `
  INSERT INTO query_deltas (instance_id, query_hash, window_start, window_end, database_name, calls, total_time_us,
    rows_returned, logical_read_bytes, percentile_origin)
  SELECT 'bench', ${hash_sql}, {day:DateTime64(3, 'UTC')} + INTERVAL intDiv(number, {queries:UInt32}) HOUR AS start_,
    start_ + INTERVAL 1 MINUTE, 'shop', 1 + cityHash64(number) % 50 AS calls_, calls_ * 1000, calls_, calls_ * 8192, 'means'
  FROM numbers({rows:UInt64})`;

async function workOut(store: Store): Promise<Figure> {
  const day = utc(new Date(end.getTime() - 86_400_000));
  const params = { day, queries: queries_per_instance, rows: queries_per_instance * 24 };
  await store.command(day_sql, { params });
  const began = performance.now();
  await computeFeatures(store, { entity: 'query', instance_id: 'bench', as_of: end }, end);
  return {
    figure: `features of ${queries_per_instance} queries of an instance over a day worked out in the store`,
    measured: `${((performance.now() - began) / 1000).toFixed(1)} s`,
    target: '—',
    is_met: null,
  };
}

/** The corpus of the normalizer's own tests, each statement several times under other table names: no cache answers. */
function statements(dialect: Dialect): readonly string[] {
  const file = new URL(`../../../sql/testdata/corpus/${dialect}.sql`, import.meta.url);
  const corpus = readFileSync(file, 'utf8')
    .split(/;\s*\n/)
    .filter((text) => /\bfrom\s+\w/i.test(text));
  if (corpus.length < 10) throw new Error(`${file.pathname} holds only ${corpus.length} statements that read tables`);
  return Array.from({ length: variants }, (_, at) =>
    corpus.map((text) => text.replace(/\bfrom\s+(\w+)/i, `FROM $1_${at}`)),
  ).flat();
}

async function extract(dialect: Dialect): Promise<Figure> {
  const extractor = new FeatureExtractor();
  try {
    await extractor.warmUp([dialect]);
    const samples_ms: number[] = [];
    for (const text of statements(dialect)) {
      const began = performance.now();
      await extractor.features(normalize(text, dialect), dialect, text);
      samples_ms.push(performance.now() - began);
    }
    const p50_ms = percentile(samples_ms, 0.5);
    return {
      figure: `${dialect}: normalizing and extracting a statement’s features, worker included, median of ${samples_ms.length}`,
      measured: `${p50_ms.toFixed(2)} ms (p95 ${percentile(samples_ms, 0.95).toFixed(2)} ms)`,
      target: `< ${extraction_target_ms} ms`,
      is_met: p50_ms < extraction_target_ms,
    };
  } finally {
    await extractor.close();
  }
}

const benchmark: Benchmark = {
  name: 'features',
  summary: 'look-up among 100,000 entities, extraction per statement',
  async run(say) {
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-features-'));
    const store = await openStore(`chdb://${join(directory, 'store')}`);
    try {
      await migrate(store);
      await createViews(store);
      await fill(store, say);
      // As the engine's own merges leave it within minutes; a table of fresh parts is some milliseconds slower.
      await store.command('OPTIMIZE TABLE features FINAL');
      say('looking up');
      const figures = [await lookUp(askView(store)), await workOut(store)];
      for (const dialect of dialects) {
        say(dialect);
        figures.push(await extract(dialect));
      }
      return figures;
    } finally {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
export default benchmark;
