import type { Estimate, Measurement, Recommendation, Regression, ViewRow } from '@plumbline/contracts';
import { fromUtc, utc } from '@plumbline/contracts';
import { tablesOf } from '../causes/cause.js';
import type { Job, JobContext } from '../job.js';
import { pointsOf } from '../judged-points.js';
import { pointStart } from '../judged-span.js';
import { compareWithControls } from '../measuring/compare.js';
import type { Comparison } from '../measuring/compare.js';

type Applied = ViewRow<'judge_applied'>;

/**
 * Before and after each applied recommendation, control queries taken out (difference in differences). "Before" is the
 * state just before it was applied: for one that mends a regression, from the regression's onset on.
 */
const measure_job: Job = {
  name: 'measure',
  summary: 'Measures whether applied recommendations helped',
  everySeconds: (settings) => settings.measure_every_s,
  async run(context, as_of) {
    const since = new Date(as_of.getTime() - context.settings.measure_max_s * 1000);
    const instances = await context.ask('judge_instances', { since: utc(since), as_of: utc(as_of) });
    let written_rows = 0;
    for (const { instance_id } of instances) {
      const applied = await context.ask('judge_applied', { instance_id, as_of: utc(as_of) });
      for (const one of applied.filter((one) => one.payload !== '' && one.measured_note !== final_note)) {
        if (await measureOne(context, instance_id, one, as_of)) written_rows++;
      }
    }
    return { summary: `wrote ${written_rows} measurements`, written_rows };
  },
};
export default measure_job;

const final_note = 'final';

async function measureOne(context: JobContext, instance_id: string, applied: Applied, as_of: Date): Promise<boolean> {
  const recommendation = JSON.parse(applied.payload) as Recommendation;
  if (recommendation.query_hashes.length === 0) return false;
  const spans = await spansOf(context, instance_id, recommendation, applied, as_of);
  const controls = await controlsOf(context, instance_id, recommendation);
  const points = await pointsOf(context, {
    instance_id,
    since: utc(pointStart(spans.from, context.settings)),
    as_of: utc(spans.to),
    query_hashes: [...recommendation.query_hashes, ...controls],
  });
  const comparison = compareWithControls(points, {
    affected: recommendation.query_hashes,
    controls,
    applied_after: spans.applied_after,
    applied_at: spans.applied_at,
    point_s: context.settings.point_s,
    threshold: context.settings.sprt_threshold,
    tau: context.settings.sprt_effect_ln,
    min_points: context.settings.measure_min_points,
    is_last: as_of >= spans.last,
  });
  if (comparison === undefined) return false;
  const measurement = measurementOf(recommendation, applied, as_of, comparison);
  if (!isNews(applied.measurement, measurement)) return false;
  const is_final =
    as_of >= spans.last || (measurement.verdict !== 'measuring' && measurement.verdict !== 'not_distinguishable');
  const event = {
    recommendation_id: applied.recommendation_id,
    instance_id,
    kind: 'measured',
    occurred_at: utc(as_of),
    actor: 'plumbline',
    note: is_final ? final_note : '',
    payload: JSON.stringify(measurement),
  };
  await context.store.insert('recommendation_events', JSON.stringify(event), {
    token: `measure:${applied.recommendation_id}:${event.occurred_at}`,
  });
  return true;
}

interface Spans {
  readonly from: Date;
  readonly applied_after: Date;
  readonly applied_at: Date;
  readonly to: Date;
  readonly last: Date;
}

async function spansOf(
  context: JobContext,
  instance_id: string,
  recommendation: Recommendation,
  applied: Applied,
  as_of: Date,
): Promise<Spans> {
  const { settings } = context;
  const applied_at = fromUtc(applied.applied_at);
  const known = await context.ask('judge_regressions', { instance_id, as_of: utc(as_of) });
  const onsets = known
    .filter((row) => row.payload !== '')
    .map((row) => JSON.parse(row.payload) as Regression)
    .filter(
      (regression) =>
        (recommendation.regression_ids.includes(regression.regression_id) ||
          recommendation.query_hashes.includes(regression.query_hash)) &&
        fromUtc(regression.onset_at) < applied_at,
    )
    .map((regression) => fromUtc(regression.onset_at).getTime());
  const earliest = applied_at.getTime() - settings.measure_before_points * settings.point_s * 1000;
  const last = new Date(applied_at.getTime() + settings.measure_max_s * 1000);
  return {
    from: new Date(Math.max(earliest, ...onsets)),
    applied_after: new Date(applied_at.getTime() - settings.point_s * 1000),
    // Building an index disturbs, and caches settle: the points around it belong to neither side.
    applied_at: new Date(applied_at.getTime() + settings.point_s * 1000),
    to: as_of < last ? as_of : last,
    last,
  };
}

/**
 * Queries of the same instance that touch none of the tables the affected ones use; in the order of their hashes, which
 * is the order of nothing else, up to `measure_max_controls`.
 */
async function controlsOf(
  context: JobContext,
  instance_id: string,
  recommendation: Recommendation,
): Promise<ReadonlySet<string>> {
  const queries = await context.ask('judge_queries', { instance_id, query_hash: '' });
  const names = (features: string): readonly string[] => tablesOf(features).map((use) => use.table.toLowerCase());
  const affected = new Set(recommendation.query_hashes);
  const touched = new Set<string>();
  if ('table_name' in recommendation.action) touched.add(recommendation.action.table_name.toLowerCase());
  else
    queries
      .filter((query) => affected.has(query.query_hash))
      .forEach((query) => names(query.features).forEach((name) => touched.add(name)));
  return new Set(
    queries
      .filter((query) => !affected.has(query.query_hash) && names(query.features).length > 0)
      .filter((query) => !names(query.features).some((name) => touched.has(name)))
      .map((query) => query.query_hash)
      .sort()
      .slice(0, context.settings.measure_max_controls),
  );
}

function measurementOf(
  recommendation: Recommendation,
  applied: Applied,
  as_of: Date,
  comparison: Comparison,
): Measurement {
  const before_per_day_s = comparison.before_load * 86_400;
  const saved = (ratio: number): number => before_per_day_s * (1 - ratio);
  const { time_ratio } = comparison;
  const saved_seconds_per_day: Estimate = {
    value: saved(time_ratio.value),
    low: saved(time_ratio.high),
    high: saved(time_ratio.low),
  };
  return {
    recommendation_id: applied.recommendation_id,
    instance_id: recommendation.instance_id,
    applied_at: applied.applied_at,
    measured_until: utc(as_of),
    verdict: comparison.verdict,
    time_ratio,
    saved_seconds_per_day,
    before_mean_us: comparison.before_mean_us,
    after_mean_us: comparison.after_mean_us,
    before_points: comparison.before_points,
    after_points: comparison.after_points,
    control_queries: comparison.control_queries,
    control_ratio: comparison.control_ratio,
    smallest_visible_ratio: comparison.smallest_visible_ratio,
    sprt_likelihood_ratio: comparison.likelihood_ratio,
    matched_by: comparison.matched_by,
    per_query: comparison.per_query,
  };
}

/** Ratio moved by a tenth, or the verdict changed: else the ledger would fill with the same answer. */
const news_ratio = 1.1;

function isNews(earlier: string, now: Measurement): boolean {
  if (earlier === '') return true;
  const then = JSON.parse(earlier) as Measurement;
  const moved = now.time_ratio.value / then.time_ratio.value;
  return then.verdict !== now.verdict || moved > news_ratio || moved < 1 / news_ratio;
}
