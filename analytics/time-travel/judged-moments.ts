import type { Store } from '@plumbline/clickhouse';
import { fromUtc, utc } from '@plumbline/contracts';
import type { Utc } from '@plumbline/contracts';
import type { AnalyticsSettings } from '../settings.js';
import { analytics_settings_schema } from '../settings.js';

/** One run of a job, and what it judged by. */
export interface JudgedMoment {
  readonly job: string;
  readonly as_of: Date;
  readonly ended_at: Date;
  readonly outcome: 'ok' | 'failed';
  readonly settings: AnalyticsSettings;
}

/** Written down after each run of a job, so that it can be judged again. */
export async function writeMoment(store: Store, moment: JudgedMoment, program_version: string): Promise<void> {
  const { job, outcome, settings } = moment;
  const [as_of, ended_at] = [utc(moment.as_of), utc(moment.ended_at)];
  const row = { job, as_of, ended_at, outcome, program_version, settings: JSON.stringify(settings) };
  await store.insert('judged_moments', JSON.stringify(row), { token: `judged:${job}:${as_of}:${ended_at}` });
}

interface Row extends Omit<JudgedMoment, 'as_of' | 'ended_at' | 'settings'> {
  readonly as_of: Utc;
  readonly ended_at: Utc;
  readonly settings: string;
}

/** `from` and `to` inclusive; in the order in which the runs ended, which is the order in which others saw their rows. */
export async function momentsBetween(store: Store, from: Date, to: Date): Promise<readonly JudgedMoment[]> {
  const rows = await store.query<Row>(
    `SELECT job, as_of, ended_at, outcome, settings FROM judged_moments
     WHERE as_of >= {from:DateTime64(3, 'UTC')} AND as_of <= {to:DateTime64(3, 'UTC')} ORDER BY ended_at, as_of, job`,
    { params: { from: utc(from), to: utc(to) } },
  );
  return rows.map(momentOf);
}

/** The newest run not after a moment; it tells what was judged by then. */
export async function momentBefore(store: Store, at: Date): Promise<JudgedMoment | undefined> {
  const [row] = await store.query<Row>(
    `SELECT job, as_of, ended_at, outcome, settings FROM judged_moments
     WHERE as_of <= {at:DateTime64(3, 'UTC')} ORDER BY as_of DESC, job LIMIT 1`,
    { params: { at: utc(at) } },
  );
  return row === undefined ? undefined : momentOf(row);
}

/** A setting that this version no longer has is left out, one that is new has its default. */
function momentOf(row: Row): JudgedMoment {
  const known = Object.keys(analytics_settings_schema.shape);
  const told = Object.entries(JSON.parse(row.settings) as object).filter(([name]) => known.includes(name));
  const settings = analytics_settings_schema.parse(Object.fromEntries(told));
  return { ...row, as_of: fromUtc(row.as_of), ended_at: fromUtc(row.ended_at), settings };
}
