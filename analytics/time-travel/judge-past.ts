import { openPast } from '@plumbline/clickhouse';
import type { Past, Store } from '@plumbline/clickhouse';
import { fromUtc, utc } from '@plumbline/contracts';
import type { Utc } from '@plumbline/contracts';
import type { Job } from '../job.js';
import type { AnalyticsSettings } from '../settings.js';
import { analytics_settings_schema } from '../settings.js';
import { takeBaselines } from './baselines.js';
import type { JudgedEvent } from './judged-events.js';
import { eventsBetween } from './judged-events.js';
import { takeAnswers, takeLedger } from './ledger.js';
import { momentBefore, momentsBetween } from './judged-moments.js';
import { pastContext } from './past-context.js';
import type { Lent } from './past-context.js';

export interface JudgingAgain {
  /** Only read; what is judged again lies beside it and is gone in the end. */
  readonly store: Store;
  readonly jobs: readonly Job[];
  /** Judged by where nobody wrote down what was judged by. */
  readonly settings: AnalyticsSettings;
  /** Judged by instead of what was judged by. */
  readonly overrides: Partial<AnalyticsSettings>;
  readonly lent: Lent;
}

export interface JudgedAgain {
  readonly events: readonly JudgedEvent[];
  /** How many runs of jobs were judged again. */
  readonly runs: number;
  /** What keeps this from being exactly what was judged then; sentences. */
  readonly reservations: readonly string[];
}

/** What the judge gives at one moment: everything of before it is as it was. */
export async function judgeAt(asked: JudgingAgain, as_of: Date): Promise<JudgedAgain> {
  return inPast(asked, as_of, async (past, reservations) => {
    const settings = await settingsAt(asked, as_of);
    await takeAnswers(past, as_of, new Date(as_of.getTime() + 1));
    const wanted = ['regress', 'recommend'];
    for (const job of asked.jobs.filter(({ name }) => wanted.includes(name))) {
      await past.moveTo(as_of);
      await job.run(pastContext(past, as_of, settings, asked.lent), as_of);
    }
    return { events: await eventsBetween(past.store, as_of, as_of), runs: wanted.length, reservations };
  });
}

/** The others describe and publish: nothing is judged by what they write. */
const judging_jobs: readonly string[] = ['baseline', 'regress', 'notice', 'recommend', 'measure'];

/** Each run between two moments again, in its order, over a ledger that begins as it was at `from`. */
export async function replay(asked: JudgingAgain, from: Date, to: Date): Promise<JudgedAgain> {
  const moments = await momentsBetween(asked.store, from, to);
  return inPast(asked, from, async (past, told) => {
    const reservations = [...told];
    let heard_until = from;
    let runs = 0;
    for (const { job: name, as_of, outcome, settings } of moments) {
      if (!judging_jobs.includes(name)) continue;
      const job = asked.jobs.find((one) => one.name === name);
      if (outcome === 'failed') reservations.push(`${name} failed at ${utc(as_of)}: it is left out`);
      if (job === undefined || outcome === 'failed') continue;
      if (as_of >= heard_until) {
        const until = new Date(as_of.getTime() + 1);
        await takeAnswers(past, heard_until, until);
        heard_until = until;
      }
      await past.moveTo(as_of);
      await job.run(pastContext(past, as_of, { ...settings, ...asked.overrides }, asked.lent), as_of);
      runs++;
    }
    return { events: await eventsBetween(past.store, from, to), runs, reservations };
  });
}

async function inPast(
  asked: JudgingAgain,
  from: Date,
  act: (past: Past, reservations: readonly string[]) => Promise<JudgedAgain>,
): Promise<JudgedAgain> {
  const past = await openPast(asked.store);
  try {
    await past.moveTo(from);
    await takeLedger(past, from);
    const contextAt = async (as_of: Date) => {
      await past.moveTo(as_of);
      return pastContext(past, as_of, (await momentBefore(asked.store, as_of))?.settings ?? asked.settings, asked.lent);
    };
    const reservations = await expired(asked, from);
    if ((await takeBaselines(past, from, contextAt)) === 0) {
      const learn = asked.jobs.find(({ name }) => name === 'baseline');
      await learn?.run(await contextAt(from), from);
      reservations.push('No baseline of before is known: they were learned as of the beginning');
    }
    return await act(past, reservations);
  } finally {
    await past.close();
  }
}

async function settingsAt({ store, settings, overrides }: JudgingAgain, as_of: Date): Promise<AnalyticsSettings> {
  const told = (await momentBefore(store, as_of))?.settings ?? settings;
  return analytics_settings_schema.parse({ ...told, ...overrides });
}

/** As the migrations set it; parts end with their day. */
const raw_rows_kept_ms = 35 * 86_400_000;
const day_ms = 86_400_000;

/** A baseline that was learned from rows that have expired since cannot be learned again as it was. */
async function expired({ store, settings, lent }: JudgingAgain, from: Date): Promise<string[]> {
  const [row] = await store.query<{ first_at: Utc }>('SELECT min(window_start) AS first_at FROM query_deltas');
  const first_ms = fromUtc(row?.first_at ?? utc(from)).getTime();
  const kept_since_ms = lent.clock.now().getTime() - raw_rows_kept_ms;
  const needed_ms = from.getTime() - settings.baseline_span_s * 1000;
  // A history that began later has lost nothing.
  if (needed_ms >= kept_since_ms || first_ms < needed_ms || first_ms > kept_since_ms + day_ms) return [];
  const since = utc(new Date(first_ms));
  return [
    `Raw rows from before ${since} have expired: a baseline that was learned anew since rests on less than it did`,
  ];
}
