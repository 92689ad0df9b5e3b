import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, openStore } from '@plumbline/clickhouse';
import { createBus, silent_log, startSink } from '@plumbline/collector';
import { minuteBatch } from '@plumbline/collector/testing/batches';
import { runCommand } from '../testing/command.js';

let directory: string;
const plumbline = (...args: readonly string[]) =>
  runCommand('dead-letters', ...args, '--config', join(directory, 'plumbline.yml'));

/** A store with one batch whose rows say "seven" where a number must be, and one message that is none. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-letters-'));
  writeFileSync(join(directory, 'plumbline.yml'), `data_directory: ${directory}/data\n`);
  const store = await openStore(`chdb://${directory}/data/store`);
  await migrate(store);
  const bus = createBus('memory:');
  const sink = await startSink({ bus, store, log: silent_log });
  const batch = await minuteBatch(0);
  const tables = batch.tables.map((part) => ({
    ...part,
    ndjson: part.ndjson.replace('"calls":"7"', '"calls":"seven"'),
  }));
  await bus.publish({ ...batch, tables });
  await bus.publish({ nonsense: true } as never);
  await sink.stop();
  await store.close();
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Listed {
  readonly letter_id: string;
  readonly target_table: string;
  readonly replays: string;
}
const listed = async (): Promise<readonly Listed[]> =>
  (JSON.parse((await plumbline('list', '--json')).stdout) as { letters: Listed[] }).letters;
const letterOf = async (target_table: string): Promise<string> =>
  (await listed()).find((letter) => letter.target_table === target_table)?.letter_id ?? '';

async function callsStored(): Promise<string | undefined> {
  const store = await openStore(`chdb://${directory}/data/store`);
  try {
    const sql =
      'SELECT toString(sum(calls)) AS calls, toString((SELECT sum(calls) FROM query_hourly)) AS hourly FROM query_deltas';
    const [row] = await store.query<{ calls: string; hourly: string }>(sql);
    return `${row?.calls} ${row?.hourly}`;
  } finally {
    await store.close();
  }
}

describe('plumbline dead-letters', () => {
  it('lists what could not be stored with the reason', async () => {
    const { stdout, code } = await plumbline('list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^LETTER .*REASON$/m);
    expect(stdout).toMatch(/^[0-9a-f]{16} .* shop +query_deltas .*(Code: \d+|parse)/im);
    expect(stdout).toMatch(/\(message\).* not a batch: schema_version/);
  });

  it('shows one whole, and its content alone for a file', async () => {
    const letter = await letterOf('query_deltas');
    expect((await plumbline('show', letter)).stdout).toMatch(/^reason: .*[^]*^encoding: text$[^]*"calls":"seven"/m);
    const { stdout } = await plumbline('show', letter, '--raw');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toHaveLength(3);
  });

  it('stores a repaired letter once, however often it is replayed', async () => {
    const letter = await letterOf('query_deltas');
    const { stdout: raw } = await plumbline('show', letter, '--raw');
    writeFileSync(join(directory, 'repaired.ndjson'), raw.replace('"seven"', '"7"'));
    expect(await callsStored()).toBe('0 0');
    for (const _time of [1, 2]) {
      const { stdout, code } = await plumbline('replay', letter, '--with', join(directory, 'repaired.ndjson'));
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^Stored as batch shop:statements:.*![0-9a-f]{12}\n$/)]);
    }
    expect(await callsStored()).toBe('21 21');
    expect((await listed()).find(({ letter_id }) => letter_id === letter)?.replays).toBe('2');
  }, 60_000);

  it('says that a letter was refused again', async () => {
    const { code, stderr } = await plumbline('replay', await letterOf('query_deltas'));
    expect([code, stderr]).toEqual([1, expect.stringContaining('refused again')]);
  });

  it.each([
    [['show', 'nothing'], 1, /no letter nothing/],
    [['replay', 'nothing'], 1, /no letter nothing/],
    [['shw'], 2, /unknown command/],
  ])('%j ends with %i and says why', async (args, code, expected) => {
    const ended = await plumbline(...args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(expected)]);
  });

  it('says what is wrong with content that is no batch', async () => {
    const { code, stderr } = await plumbline('replay', await letterOf(''));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/cannot be replayed: not a batch: schema_version/)]);
    const missing = await plumbline('replay', await letterOf(''), '--with', 'missing.json');
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('missing.json cannot be read')]);
  });
});
