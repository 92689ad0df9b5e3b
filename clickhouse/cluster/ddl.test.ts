import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openStore } from '../open.js';
import type { Store } from '../store.js';
import { loadViews } from '../views.js';
import { clusterDdl } from './rehearse.js';

const statements = clusterDdl();

describe('the engine itself parses', () => {
  const path = mkdtempSync(join(tmpdir(), 'plumbline-cluster-ddl-'));
  let store: Store;
  beforeAll(async () => {
    store = await openStore(`chdb://${path}`);
  });
  afterAll(async () => {
    await store.close();
    rmSync(path, { recursive: true });
  });

  test.each(statements.map((text) => [text.slice(0, 90).replaceAll('\n', ' '), text]))('%s', async (_head, text) => {
    const tree = await store.query<{ explain: string }>(`EXPLAIN AST ${text}`);
    expect(tree.length).toBeGreaterThan(1);
  });

  test('and refuses what is no statement of its own', async () => {
    const broken = (statements[0] ?? '').replace('ON CLUSTER', 'ON KLUSTER');
    await expect(store.query(`EXPLAIN AST ${broken}`)).rejects.toMatchObject({ code: 62 });
  });
});

interface MaterializedView {
  readonly name: string;
  readonly source: string;
  readonly target: string;
}

const views: readonly MaterializedView[] = statements.flatMap((text) => {
  const [, name = '', target = ''] =
    /^CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+) ON CLUSTER .* TO (\w+) AS/.exec(text) ?? [];
  const sources = [...text.matchAll(/\bFROM (\w+)/g)].map(([, table = '']) => table);
  return name === '' ? [] : sources.map((source) => ({ name, source, target }));
});

const sharding = new Map(
  statements.flatMap((text) => {
    const [, local, key] =
      /ENGINE = Distributed\('\w+', currentDatabase\(\), (\w+), (\w+\([^)]*\))\)$/.exec(text) ?? [];
    return local === undefined || key === undefined ? [] : [[local, key] as const];
  }),
);

/** Its key lacks the query, so each shard has sums of its own queries: a minute's rows are to be added up, never picked. */
const partial_per_shard = ['instance_minutes_local'];

describe('a shard rolls up what it stores itself', () => {
  test('there are materialized views to look at', () => expect(views.length).toBeGreaterThanOrEqual(4));

  test.each(views)('$name reads and feeds tables of its own shard', ({ source, target }) => {
    expect(source).toMatch(/_local$/);
    expect(target).toMatch(/_local$/);
  });

  test.each(views.filter(({ target }) => !partial_per_shard.includes(target)))(
    '$target is sharded as $source is, so a row and its sums are on one shard',
    ({ source, target }) => {
      expect(sharding.get(target)).toBe(sharding.get(source));
    },
  );

  const readers = loadViews().filter(({ sql }) => /\binstance_minutes\b/.test(sql));
  test.each(readers)('$name adds the minutes of all shards up', ({ sql }) => {
    expect(sql).not.toMatch(/instance_minutes\s+FINAL/);
    expect(sql).toMatch(/sum\((?:toFloat64\()?(?:w_)?calls\)/);
  });
});

describe('a repeat meets the rows it repeats', () => {
  const stored = statements.filter((text) => text.includes('ENGINE = Replicated'));
  const tables = stored.map((text) => {
    const [, name = ''] = /^CREATE TABLE IF NOT EXISTS (\w+)/.exec(text) ?? [];
    const [, order = ''] = /ORDER BY \(?([^)\n]*)\)?/.exec(text) ?? [];
    return { name, order: order.split(', '), engine: /ENGINE = (\w+)/.exec(text)?.[1] ?? '' };
  });

  test.each(tables)('$name has a Distributed table over it', ({ name }) => expect(sharding.has(name)).toBe(true));

  test.each(tables.filter(({ engine }) => !engine.endsWith('dMergeTree')))(
    '$name merges rows by columns that include those it is sharded by',
    ({ name, order }) => {
      const [, columns = ''] = /\((.*)\)/.exec(sharding.get(name) ?? '') ?? [];
      expect(order).toEqual(expect.arrayContaining(columns.split(', ')));
    },
  );
});
