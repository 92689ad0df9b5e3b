import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TableSnapshotRow } from '@plumbline/contracts';
import { utc } from '@plumbline/contracts';
import type { Job } from '../job.js';
import baseline_job from '../jobs/baseline.js';
import recommend_job from '../jobs/recommend.js';
import regress_job from '../jobs/regress.js';
import type { AnalyticsSettings } from '../settings.js';
import { analytics_settings_schema } from '../settings.js';
import { deltas, noisy, seeded } from '../testing/series.js';
import { openStoreContext } from '../testing/store-context.js';
import type { StoreContext } from '../testing/store-context.js';
import { at, hash, plus } from '../testing/world.js';
import { differences } from './compare.js';
import { judgeAt, replay } from './judge-past.js';
import type { JudgingAgain } from './judge-past.js';
import { eventsBetween } from './judged-events.js';
import { writeMoment } from './judged-moments.js';

/** Ten-minute points: three days of history, then one query becomes twice as slow; judged three times in the next eight hours. */
const begin = at('2026-11-10 00:00:00');
const broken = plus(begin, 3 * 86_400 + 10 * 3_600);
const end = plus(broken, 8 * 3_600);
const snapshot_at = plus(broken, 4 * 3_600);
const jobs = [baseline_job, regress_job, recommend_job];
const settings = analytics_settings_schema.parse({ mature_baseline_every_s: 21_600 });

let kit: StoreContext;
const series = (query: number, added_ln: (time: Date) => number = () => 0) =>
  [...deltas('shop', { ...noisy, query_hash: hash(query), added_ln }, span, seeded(query))].map((row) => row);
const span = { from: begin, to: end, window_s: 600 };
const slowed = (time: Date): number => (time >= broken ? Math.log(2) : 0);

async function live(job: Job, as_of: Date): Promise<void> {
  await job.run(kit.context({ settings }), as_of);
  const moment = { job: job.name, as_of, ended_at: plus(as_of, 1), outcome: 'ok' as const, settings };
  await writeMoment(kit.store, moment, 'test');
}

beforeAll(async () => {
  kit = await openStoreContext();
  const of = { instance_id: 'shop', batch_id: 'b' };
  await kit.insert('instances', [
    {
      ...{ ...of, engine: 'postgresql', engine_label: 'PostgreSQL', server_version: '15', is_enabled: 1 },
      ...{ abilities: ['statements', 'tables'], started_at: null, observed_at: utc(begin) },
    },
  ]);
  for (const query of [1, 2, 3, 4]) await kit.insert('query_deltas', series(query, query === 1 ? slowed : undefined));
  await kit.insert('queries', [
    {
      ...{
        ...of,
        query_hash: hash(2),
        dialect: 'postgresql',
        statement_class: 'select',
        template: 'SELECT 1 FROM orders',
      },
      ...{ hints: '', is_truncated: 0, normalizer_version: 1, feature_source: 'ast', observed_at: utc(begin) },
      features: JSON.stringify({
        ...{ statement_class: 'select', predicates: [], joins: [], group_by: [], order_by: [], feature_source: 'ast' },
        tables: [{ schema: '', table: 'orders', alias: '', access: 'read' }],
      }),
    },
  ]);
  await live(baseline_job, plus(broken, -7_200));
  for (let time = broken; time <= end; time = plus(time, 14_400)) {
    if (time.getTime() === snapshot_at.getTime()) {
      await live(baseline_job, plus(time, -60));
      await kit.insert('table_snapshots', [orders(time, 60_000n)]);
    }
    await live(regress_job, time);
    await live(recommend_job, plus(time, 60));
  }
  // What was learned after the span must not be judged by: the store keeps only the newest.
  await live(baseline_job, plus(end, 86_400));
  await kit.store.command('OPTIMIZE TABLE baselines FINAL');
}, 120_000);
afterAll(() => kit.close());

function orders(seen_at: Date, modified_since_analyze_rows: bigint): TableSnapshotRow {
  return {
    ...{ instance_id: 'shop', database_name: 'shop', schema_name: 'public', table_name: 'orders', batch_id: 'b' },
    ...{ window_start: utc(plus(seen_at, -600)), window_end: utc(seen_at), modified_since_analyze_rows },
    ...{ estimated_rows: 100_000, live_rows: 100_000n, dead_rows: 0n, size_bytes: 9_000_000n, seq_scans: 1n },
    ...{ seq_rows_read: 1n, index_scans: 0n, inserted_rows: 0n, updated_rows: 0n, deleted_rows: 0n },
    ...{ last_analyzed_at: utc(begin), last_vacuumed_at: null },
  };
}

const asked = (overrides: Partial<AnalyticsSettings> = {}): JudgingAgain => {
  const { render, log, clock } = kit.context();
  return { store: kit.store, jobs, settings, overrides, lent: { render, log, clock } };
};
async function replayed(overrides: Partial<AnalyticsSettings> = {}, from = broken) {
  const { events, reservations, runs } = await replay(asked(overrides), from, end);
  const then = await eventsBetween(kit.store, from, end);
  return { runs, events, reservations, found: differences(then, events) };
}
const stored = () =>
  kit.store.query(
    `SELECT (SELECT count() FROM regression_events) AS regressions, (SELECT count() FROM recommendation_events) AS advice,
       (SELECT count() FROM baselines) AS baselines, (SELECT count() FROM judged_moments) AS moments,
       (SELECT arraySort(groupArray(name)) FROM system.databases) AS databases`,
  );
const told = ({ found }: Awaited<ReturnType<typeof replayed>>) =>
  found.map(({ kind, event }) => `${kind} ${event.of} ${event.kind}`);

describe('a span judged again', () => {
  it('gives what was given then, to the last figure', async () => {
    const again = await replayed();
    expect(again.events.map(({ of, kind }) => `${of} ${kind}`)).toEqual(
      expect.arrayContaining(['regression opened', 'recommendation proposed']),
    );
    expect([again.found, again.reservations, again.runs]).toEqual([[], [], 6]);
  });

  it('gives it from the middle on too, with the ledger and the baselines of then', async () => {
    const again = await replayed({}, plus(broken, 3 * 3_600));
    expect([again.events.length > 0, again.found]).toEqual([true, []]);
  });

  it('gives what other thresholds would have given, writes nothing and leaves nothing behind', async () => {
    const before = await stored();
    const blind = await replayed({ min_short_effect_ratio: 5, min_long_effect_ratio: 5, min_young_effect_ratio: 5 });
    expect(told(blind)).toContain('missing regression opened');
    expect(told(blind).filter((difference) => difference.includes('recommendation'))).toEqual([]);
    const alarmed = await replayed({ critical_extra_seconds_per_day: 60 });
    expect(told(alarmed)).toContain('severity regression opened');
    expect(alarmed.found[0]?.change).toMatch(/^(info|warning) → critical$/);
    expect(await stored()).toEqual(before);
  });

  it('lets stand what a person answered meanwhile', async () => {
    const [opened] = (await eventsBetween(kit.store, broken, end)).filter(({ kind }) => kind === 'opened');
    const heard_at = plus(end, -1_800);
    await kit.insert('regression_events', [
      {
        ...{ regression_id: opened?.id, instance_id: 'shop', query_hash: hash(1), kind: 'opted_out', actor: 'ann' },
        ...{ occurred_at: utc(heard_at), recorded_at: utc(heard_at), note: '', payload: '' },
      },
    ]);
    const { found } = await replayed();
    expect(found).toEqual([]);
  });
});

describe('one moment judged again', () => {
  it('gives the regression that was opened at it', async () => {
    const [opened] = (await eventsBetween(kit.store, broken, end)).filter(({ kind }) => kind === 'opened');
    const { events } = await judgeAt(asked(), at(opened?.occurred_at ?? ''));
    const again = events.filter(({ id }) => id === opened?.id);
    expect(again).toMatchObject([{ kind: 'opened', payload: opened?.payload }]);
  });

  it('says so where no baseline of before is known, and learns them', async () => {
    const { reservations } = await judgeAt(asked(), plus(begin, 2 * 86_400));
    expect(reservations).toEqual([expect.stringContaining('No baseline of before is known')]);
  });
});

describe('facts that came late', () => {
  const slow_too = () => series(7, slowed).map((row) => ({ ...row, total_time_us: row.total_time_us * 2n }));

  it('do not count in what is judged of before they came, and count where they came in time', async () => {
    await kit.insert(
      'query_deltas',
      slow_too().map((row) => ({ ...row, stored_at: utc(plus(end, 3_600)) })),
    );
    expect((await replayed()).found).toEqual([]);
    await kit.store.command('ALTER TABLE query_deltas DELETE WHERE query_hash = {query_hash:String}', {
      params: { query_hash: hash(7) },
      settings: { mutations_sync: 2 },
    });
    await kit.insert('query_deltas', slow_too());
    // The baselines of its good days were never learned then: judged from before them, it has some.
    const again = await replayed({}, plus(broken, -7_200));
    expect(told(again)).toContain('found regression opened');
  });
});
