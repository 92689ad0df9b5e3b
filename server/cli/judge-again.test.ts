import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { analytics_settings_schema, loadJobs } from '@plumbline/analytics';
import type { JobContext } from '@plumbline/analytics';
import { deltas, noisy, seeded } from '@plumbline/analytics/testing/series';
import { hash, plus } from '@plumbline/analytics/testing/world';
import { writeMoment } from '@plumbline/analytics/time-travel/judged-moments';
import { askView, createViews, migrate, openStore } from '@plumbline/clickhouse';
import { encodeRow, utc } from '@plumbline/contracts';
import { runCommand } from '../testing/command.js';

const begin = new Date('2026-11-10T00:00:00Z');
const broken = plus(begin, 2 * 86_400);
const opened = plus(broken, 3 * 3_600);
const span = ['--from', broken.toISOString(), '--to', plus(opened, 60).toISOString()];

let directory: string;
const plumbline = (...args: readonly string[]) => runCommand(...args, '--config', join(directory, 'plumbline.yml'));

/** Two days of ten-minute windows, then twice as slow; judged once, three hours later. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-replay-'));
  writeFileSync(join(directory, 'plumbline.yml'), `data_directory: ${directory}/data\n`);
  const store = await openStore(`chdb://${directory}/data/store`);
  await migrate(store);
  await createViews(store);
  const added_ln = (time: Date): number => (time >= broken ? Math.log(2) : 0);
  const shape = { ...noisy, cycle: 0, query_hash: hash(1), added_ln };
  const rows = [...deltas('shop', shape, { from: begin, to: opened, window_s: 600 }, seeded(1))];
  await store.insert('query_deltas', rows.map(encodeRow).join('\n'), { token: 'deltas' });
  const settings = analytics_settings_schema.parse({});
  const context = { store, ask: askView(store), settings, log: () => undefined } as unknown as JobContext;
  const jobs = await loadJobs();
  for (const [name, as_of] of [
    ['baseline', plus(broken, -60)],
    ['regress', opened],
  ] as const) {
    await jobs.find((job) => job.name === name)?.run(context, as_of);
    await writeMoment(store, { job: name, as_of, ended_at: as_of, outcome: 'ok', settings }, 'test');
  }
  await store.close();
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('plumbline replay', () => {
  it('tells that nothing differs', async () => {
    const { code, stdout } = await plumbline('replay', ...span);
    expect([code, stdout]).toEqual([0, 'Runs judged again: 1, events: 1, differences: 0\n']);
  });

  it('tells what other thresholds would have given', async () => {
    const set = ['--set', 'analytics.min_short_effect_ratio=9', '--set', 'analytics.min_young_effect_ratio=9'];
    const { code, stdout } = await plumbline('replay', ...span, ...set);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/differences: 1\n.*\nmissing .* shop .* opened .*query 0{15}1/),
    ]);
  });

  it.each([
    [['--from', 'now', '--to', 'now'], 2, /Give a time like/],
    [['--from', '2026-11-02T00:00:00Z', '--to', '2026-11-01T00:00:00Z'], 2, /--to is not after --from/],
    [['--from', '2026-01-01T00:00:00Z', '--to', '2026-01-02T00:00:00Z'], 1, /Nothing was judged from 2026-01-01/],
    [
      [...span, '--set', 'analytics.z_treshold=4', '--set', 'analytics.point_s=soon'],
      3,
      /2 problems:[^]*Did you mean "z_threshold"/,
    ],
    [[...span, '--set', 'log.level=1'], 3, /log\.level/],
  ])('%j ends with %i and says why', async (args, code, expected) => {
    const ended = await plumbline('replay', ...args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(expected)]);
  });
});

describe('plumbline judge', () => {
  it('gives what it gave at that moment', async () => {
    const { code, stdout } = await plumbline('judge', '--as-of', opened.toISOString());
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^As of 2026-11-12 03:00:00.000; nothing is written\n.*\nopened .* shop .*1\.9\d times/s),
    ]);
  });

  it('gives nothing where there was nothing, as JSON', async () => {
    const { stdout } = await plumbline('judge', '--as-of', utc(plus(broken, -3_600)), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ events: [] });
  });

  it('says from when a fact counts, and what is not known of the past', async () => {
    const { code, stdout } = await plumbline('judge', '--help');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/when it reached the store[^]*planner cannot be/)]);
  });
});
