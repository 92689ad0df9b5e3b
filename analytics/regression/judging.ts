import { createHash } from 'node:crypto';
import type {
  Cause,
  Regression,
  RegressionEventRow,
  RegressionState,
  Severity,
  Utc,
  ViewRow,
} from '@plumbline/contracts';
import { fromUtc, utc } from '@plumbline/contracts';
import type { JobContext } from '../job.js';
import { pointsOf } from '../judged-points.js';
import type { Point } from '../judged-points.js';
import { before, pointStart } from '../judged-span.js';
import type { AnalyticsSettings } from '../settings.js';
import { baselinesOf, residualsAgainst } from './residuals.js';
import type { Baseline, Residual } from './residuals.js';
import { rareQueries } from './rare.js';
import { judge_actor, pastOf } from './spans.js';
import type { QueryPast } from './spans.js';

/** One instance being judged at one moment, with what was read for all its queries at once. */
export interface Judging {
  readonly context: JobContext;
  readonly settings: AnalyticsSettings;
  readonly instance_id: string;
  readonly as_of: Date;
  readonly known: readonly KnownRegression[];
  readonly past: ReadonlyMap<string, QueryPast>;
  /** The long window, by query. */
  readonly points: ReadonlyMap<string, readonly Point[]>;
  readonly residuals: ReadonlyMap<string, readonly Residual[]>;
  /** Of queries too seldom for the long window, over the rare one; empty between its turns. */
  readonly rare_residuals: ReadonlyMap<string, readonly Residual[]>;
  /** Everything noted from `events_since` on, in order of time. */
  readonly events: readonly ViewRow<'judge_events'>[];
  readonly events_since: Utc;
}

export interface KnownRegression {
  readonly state: RegressionState;
  readonly regression: Regression;
  readonly opened_at: Utc;
}

/** A regression is dated at most two long windows back, and its cause is looked for during one more. */
const event_windows = 4;

export async function openJudging(context: JobContext, instance_id: string, as_of: Date): Promise<Judging> {
  const { settings } = context;
  const since = utc(pointStart(before(as_of, settings.long_points, settings), settings));
  const events_since = utc(before(as_of, event_windows * settings.long_points, settings));
  const of_instance = { instance_id, as_of: utc(as_of) };
  const rows = await context.ask('judge_regressions', of_instance);
  const past = pastOf(rows);
  const points = await pointsOf(context, { ...of_instance, since });
  const baselines = baselinesOf(
    await context.ask('judge_baselines', { ...of_instance, query_hashes: '', since }),
    past,
  );
  const rare = rareQueries(points, as_of, settings);
  const events = await context.ask('judge_events', { ...of_instance, since: events_since, until: utc(as_of) });
  return {
    context,
    settings,
    instance_id,
    as_of,
    known: knownOf(rows),
    past,
    points,
    residuals: residualsOf(points, baselines, settings),
    rare_residuals: await residualsBack(context, { ...of_instance, past, query_hashes: rare }, settings.rare_points),
    events,
    events_since,
  };
}

const knownOf = (rows: readonly ViewRow<'judge_regressions'>[]): readonly KnownRegression[] =>
  rows
    .filter((row) => row.payload !== '')
    .map((row) => ({
      state: row.state,
      regression: JSON.parse(row.payload) as Regression,
      opened_at: row.opened_at,
    }));

const residualsOf = (
  points: ReadonlyMap<string, readonly Point[]>,
  baselines: ReadonlyMap<string, Baseline>,
  settings: AnalyticsSettings,
): ReadonlyMap<string, readonly Residual[]> =>
  new Map(
    [...points].map(([query_hash, of_query]) => [
      query_hash,
      residualsAgainst(of_query, baselines.get(query_hash), settings.point_s),
    ]),
  );

interface BackAsked {
  readonly instance_id: string;
  readonly as_of: Utc;
  readonly past: ReadonlyMap<string, QueryPast>;
  readonly query_hashes: readonly string[];
}

/** Further back than the long window, for a few queries. */
async function residualsBack(
  context: JobContext,
  { past, query_hashes, ...of_instance }: BackAsked,
  window_points: number,
): Promise<ReadonlyMap<string, readonly Residual[]>> {
  if (query_hashes.length === 0) return new Map();
  const { settings } = context;
  const since = utc(pointStart(before(fromUtc(of_instance.as_of), window_points, settings), settings));
  const points = await pointsOf(context, { ...of_instance, since, query_hashes });
  const rows = await context.ask('judge_baselines', { ...of_instance, since, query_hashes: query_hashes.join(',') });
  return residualsOf(points, baselinesOf(rows, past), settings);
}

/** Further back than the long window, for one query. */
export async function longResiduals(
  { context, instance_id, as_of, past }: Judging,
  query_hash: string,
  window_points: number,
): Promise<readonly Residual[]> {
  const asked = { instance_id, as_of: utc(as_of), past, query_hashes: [query_hash] };
  return (await residualsBack(context, asked, window_points)).get(query_hash) ?? [];
}

export const isOpen = (known: KnownRegression): boolean => known.state === 'open' || known.state === 'acknowledged';

/** The same onset of the same query is the same regression, whenever and however often it is judged. */
export const regressionIdOf = (instance_id: string, query_hash: string, kind: string, onset: string): string =>
  createHash('md5').update(`${instance_id}\n${query_hash}\n${kind}\n${onset}`).digest('hex').slice(0, 16);

/** Work that moved between queries costs nothing more: it is told, and never warned of. */
export function severityOf(extra_seconds_per_day: number, settings: AnalyticsSettings, cause?: Cause): Severity {
  if (cause?.kind === 'cost_shifted') return 'info';
  if (extra_seconds_per_day >= settings.critical_extra_seconds_per_day) return 'critical';
  return extra_seconds_per_day >= settings.warning_extra_seconds_per_day ? 'warning' : 'info';
}

export const eventOf = (
  regression: Regression,
  kind: 'opened' | 'updated' | 'resolved',
  as_of: Date,
  note: string,
): RegressionEventRow => ({
  regression_id: regression.regression_id,
  instance_id: regression.instance_id,
  query_hash: regression.query_hash,
  kind,
  occurred_at: utc(as_of),
  actor: judge_actor,
  note,
  payload: JSON.stringify(regression),
});
