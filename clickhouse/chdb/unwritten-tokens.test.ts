import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ChdbStore } from './chdb-store.js';
import { forgetUnwrittenTokens } from './unwritten-tokens.js';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'plumbline-tokens-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const window = 'SETTINGS non_replicated_deduplication_window = 100';
const row = (value: number): string => JSON.stringify({ day: '2026-11-21', value });

/** A table and a rollup over it, three inserts in each, closed. */
async function fill(directory: string): Promise<void> {
  const store = await ChdbStore.open(directory);
  await store.command(
    `CREATE TABLE facts (day Date, value UInt64) ENGINE = MergeTree PARTITION BY day ORDER BY value ${window}`,
  );
  await store.command(
    `CREATE TABLE sums (day Date, value UInt64) ENGINE = SummingMergeTree PARTITION BY toYYYYMM(day) ORDER BY day ${window}`,
  );
  await store.command(
    'CREATE MATERIALIZED VIEW to_sums TO sums AS SELECT day, sum(value) AS value FROM facts GROUP BY day',
  );
  for (const value of [1, 2, 3]) await store.insert('facts', row(value), { token: `token ${value}` });
  await store.close();
}

const tablesOf = (directory: string): readonly string[] =>
  readdirSync(join(directory, 'store')).flatMap((group) =>
    readdirSync(join(directory, 'store', group)).map((table) => join(directory, 'store', group, table)),
  );

/** What a kill between writing a token down and naming its part leaves: the token, and no part. */
function loseNewestPart(directory: string, partition: string): void {
  for (const table of tablesOf(directory)) {
    const parts = readdirSync(table).filter((name) => name.startsWith(`${partition}_`));
    const newest = parts.sort((left, right) => Number(left.split('_')[2]) - Number(right.split('_')[2])).at(-1);
    if (newest !== undefined) rmSync(join(table, newest), { recursive: true });
  }
}

async function sumsAfterRepeating(directory: string): Promise<readonly unknown[]> {
  const store = await ChdbStore.open(directory);
  try {
    for (const value of [1, 2, 3]) await store.insert('facts', row(value), { token: `token ${value}` });
    return await store.query('SELECT (SELECT sum(value) FROM facts) AS facts, (SELECT sum(value) FROM sums) AS sums');
  } finally {
    await store.close();
  }
}

describe('an insert killed after its token was written down and before its part was', () => {
  it.each([
    ['the table', '20261121'],
    ['the rollup', '202611'],
  ])('is stored when it is repeated, and only it: lost in %s', async (_where, partition) => {
    const directory = join(root, 'store');
    await fill(directory);
    loseNewestPart(directory, partition);
    expect(await sumsAfterRepeating(directory)).toEqual([{ facts: '6', sums: '6' }]);
  });

  it('leaves one token without its part, and a store that was closed none', async () => {
    const directory = join(root, 'store');
    await fill(directory);
    const before = join(root, 'before');
    cpSync(directory, before, { recursive: true });
    loseNewestPart(directory, '20261121');
    expect(forgetUnwrittenTokens(directory)).toBe(1);
    expect(forgetUnwrittenTokens(before)).toBe(0);
  });
});

describe('what a log of tokens may hold', () => {
  const logOf = (lines: string, parts: readonly string[]): string => {
    const table = join(root, 'store', 'abc', 'abcdef');
    const logs = join(table, 'deduplication_logs');
    for (const folder of [logs, ...parts.map((part) => join(table, part))])
      cpSync(import.meta.dirname, folder, noFiles);
    writeFileSync(join(logs, 'deduplication_log_1.txt'), lines);
    forgetUnwrittenTokens(root);
    return readFileSync(join(logs, 'deduplication_log_1.txt'), 'utf8');
  };
  const noFiles = { recursive: true, filter: (source: string) => source === import.meta.dirname };

  it.each([
    ['a part that is there', '1\tall_1_1_0\ta\n', ['all_1_1_0'], '1\tall_1_1_0\ta\n'],
    [
      'a part that was merged',
      '1\tall_1_1_0\ta\n1\tall_2_2_0\tb\n',
      ['all_1_2_1'],
      '1\tall_1_1_0\ta\n1\tall_2_2_0\tb\n',
    ],
    ['a part that was mutated', '1\tall_1_1_0\ta\n', ['all_1_1_0_7'], '1\tall_1_1_0\ta\n'],
    ['a part that was not written', '1\tall_1_1_0\ta\n1\tall_2_2_0\tb\n', ['all_1_1_0'], '1\tall_1_1_0\ta\n'],
    ['a part written under a passing name', '1\tall_1_1_0\ta\n', ['tmp_insert_all_1_1_0'], ''],
    ['a part of another partition', '1\tother_1_1_0\ta\n', ['all_1_1_0'], ''],
    ['a line cut short by the kill', '1\tall_1_1_0\ta\n1\tall_2', ['all_1_1_0'], '1\tall_1_1_0\ta\n'],
    ['a token that was taken back', '1\tall_1_1_0\ta\n2\tall_1_1_0\ta\n', [], '2\tall_1_1_0\ta\n'],
  ])('%s', (_title, lines, parts, expected) => expect(logOf(lines, parts)).toBe(expected));
});
