import { z } from 'zod';
import { real, whole, why } from './setting.js';
import { pattern_settings } from './workload/pattern-settings.js';

/**
 * Every threshold of judging, with its unit in its name. `reason` says why the default is what it is; both the generated
 * configuration page and the tests read it. What the defaults together do is measured on seeded series by
 * analytics/regression/quality.test.ts; the other figures are published ones or plain choices.
 */
export const analytics_settings_schema = z.strictObject({
  // — the grid —
  point_s: real(0.5, 3_600)
    .default(600)
    .meta(why('s', 'One point of the detector. Ten minutes hold enough runs for a steady mean; a demo may use 2.')),
  short_points: whole(3, 1_000)
    .default(18)
    .meta(
      why('points', 'The fast window, 3 h of ten-minute points: +50 % on a seasonal series is found within 2–3 h.'),
    ),
  long_points: whole(6, 10_000)
    .default(144)
    .meta(
      why('points', 'The slow window, 24 h of ten-minute points: finds +5 % that the fast one cannot tell from noise.'),
    ),
  rare_points: whole(6, 100_000)
    .default(1_008)
    .meta(
      why(
        'points',
        'A week of ten-minute points: queries with too few runs for a day are judged by their newest runs.',
      ),
    ),
  rare_every_points: whole(1, 10_000)
    .default(6)
    .meta(why('points', 'The week is read once an hour: what runs a few times a day tells nothing new sooner.')),
  judged_span_s: real(10, 3_456_000)
    .default(86_400)
    .meta(why('s', 'What detectors look at: one day holds every hour of the daily cycle once.')),

  // — advice —
  judged_max_queries: whole(1, 10_000)
    .default(200)
    .meta(why('queries', 'The dearest queries carry nearly all time; each costs a planner call or two at the source.')),
  what_if_max_calls: whole(0, 100_000)
    .default(1_000)
    .meta(
      why(
        'planner calls',
        'At 1.5–2 ms each (measured, TPC-DS) two seconds of one connection; reaching it is reported.',
      ),
    ),
  propose_again_after_s: real(0, 31_536_000)
    .default(86_400)
    .meta(why('s', 'Applied advice that is found again within a day is an old snapshot, later it is news.')),

  // — what a plan does at a price —
  plan_min_scanned_rows: whole(1, 1_000_000_000)
    .default(10_000)
    .meta(why('rows', 'A smaller table is about a hundred pages: reading it in full is as fast as any index.')),
  plan_max_kept_share: real(0, 1)
    .default(0.1)
    .meta(why('share', 'An index that gives more than a tenth of a table’s rows seldom beats reading all of it.')),
  plan_min_scan_share: real(0, 1)
    .default(0.3)
    .meta(why('share', 'A scan below a third of the plan’s time or cost is not what makes the query slow.')),
  plan_min_inner_executions: whole(2, 1_000_000_000)
    .default(100)
    .meta(why('executions', 'A nested loop over a few outer rows is the right join whatever is inside.')),
  plan_min_compared_rows: whole(1, 1_000_000_000_000)
    .default(1_000_000)
    .meta(why('rows', 'A million comparisons are about 0.1 s of a processor; below it a hash join wins nothing.')),
  plan_min_q_error: real(1.5, 1_000_000)
    .default(10)
    .meta(why('ratio', 'Planners choose well with errors below ten; above it join orders and methods begin to turn.')),
  plan_min_misestimated_rows: whole(1, 1_000_000_000)
    .default(1_000)
    .meta(why('rows', 'Ten rows taken for one harm nothing: the larger of both counts must be worth a plan.')),
  plan_min_spilled_bytes: whole(1, 1_000_000_000_000)
    .default(1_048_576)
    .meta(why('bytes', 'Smaller temporary files never leave the file cache.')),
  plan_min_partitions_read: whole(2, 100_000)
    .default(4)
    .meta(why('partitions', 'A span of time often falls on two or three partitions of its own right.')),
  plan_min_partitions_read_share: real(0.1, 1)
    .default(0.9)
    .meta(why('share', 'Nine of ten partitions read is no pruning; the tenth is often an empty default partition.')),
  plan_min_empty_partitions_share: real(0.1, 1)
    .default(0.5)
    .meta(why('share', 'When most of the partitions read gave no row, the condition could have told so before.')),

  // — workload compression —
  compress_max_queries: whole(1, 1_000_000)
    .default(100_000)
    .meta(why('queries', 'The dearest of the span; 100,000 take about 7 s of CPU (npm run bench -- compress).')),
  compress_all_pairs_max_queries: whole(0, 100_000)
    .default(3_000)
    .meta(why('queries', 'Comparing every pair grows with the square; up to here it takes under a second.')),
  compress_tiny_k: whole(0, 1_000)
    .default(8)
    .meta(why('queries', 'Keeping fewer than this, an uncovered column is an index not found (docs/decisions/0010).')),

  ...pattern_settings,

  // — how often each job runs —
  judge_every_s: real(1, 86_400)
    .default(60)
    .meta(why('s', 'A regression is told at most this much after its evidence.')),
  baseline_every_s: real(1, 604_800)
    .default(3_600)
    .meta(why('s', 'Four weeks of history move little in an hour; computing it costs one scan of the raw rows.')),
  recommend_every_s: real(1, 604_800).default(900).meta(why('s', 'Advice may wait minutes; planning what-ifs costs.')),
  notice_every_s: real(1, 86_400)
    .default(60)
    .meta(why('s', 'A fix made by hand is noticed at most this much after the catalog shows it.')),
  publish_every_s: real(1, 604_800)
    .default(3_600)
    .meta(why('s', 'Thresholds change with a restart only, and every start publishes them at once.')),
  measure_every_s: real(1, 86_400)
    .default(300)
    .meta(why('s', 'A verdict moves by points, and a point is ten minutes.')),
  features_every_s: real(60, 604_800)
    .default(21_600)
    .meta(why('s', 'Features tell of whole days; four times a day, 5,000 queries are about 20,000 rows a day.')),

  // — baselines —
  baseline_span_s: real(10, 34_560_000)
    .default(2_419_200)
    .meta(why('s', 'Four weeks: every hour of the week four times. Raw rows are kept 35 days.')),
  quiet_days: z
    .array(
      z.strictObject({
        day: z.iso.date().meta({ reason: 'As 2026-12-25; from midnight to midnight UTC.' }),
        instance_id: z.string().min(1).optional().meta({ reason: 'Left out: on every instance.' }),
      }),
    )
    .max(1_000)
    .readonly()
    .default([])
    .meta(
      why(
        'UTC days',
        'Holidays, load tests, migrations: such a day teaches no baseline. What becomes slower on it is told still.',
      ),
    ),
  min_baseline_points: whole(4, 10_000)
    .default(30)
    .meta(why('points', 'A slot with fewer falls back: hour of week, hour of day by weekend, all hours.')),
  mature_baseline_every_s: real(1, 2_592_000)
    .default(86_400)
    .meta(why('s', 'A baseline that knows its hours of the week is computed anew once a day: 217 rows per query.')),
  restart_grace_s: real(0, 86_400)
    .default(600)
    .meta(why('s', 'Caches are cold after a restart; points that end within this long of one are not judged.')),
  restart_grace_points: whole(0, 100)
    .default(3)
    .meta(why('points', 'The same, for short points: whichever of the two is shorter in time counts.')),
  max_drift_ln_per_day: real(0, 0.1)
    .default(0.01)
    .meta(
      why(
        'ln per day',
        'A growth up to a third in four weeks is carried on into the judged day; a faster one is a regression.',
      ),
    ),
  min_sigma_ln: real(0.0001, 1)
    .default(0.02)
    .meta(why('ln', 'Floor of a baseline’s sigma: without it a constant history would make an alarm of any change.')),
  max_autocorrelation: real(0, 0.99)
    .default(0.97)
    .meta(
      why(
        '1',
        'A lag-1 autocorrelation above it would leave fewer than 1.5 % of the points; the estimate is not that good.',
      ),
    ),

  // — stage 1: is it slower? —
  z_threshold: real(1, 20)
    .default(3.7)
    .meta(
      why(
        'sigma',
        'With n_eff and the least effect: no false alarm in 20 seasonal series of a week (quality.test.ts).',
      ),
    ),
  min_short_effect_ratio: real(1.01, 100)
    .default(1.1)
    .meta(why('ratio', 'Less than +10 % in 3 h is not worth a person’s time.')),
  min_long_effect_ratio: real(1.01, 100)
    .default(1.05)
    .meta(why('ratio', 'Over 24 h +5 % is worth a look when it costs enough.')),
  min_young_effect_ratio: real(1, 100)
    .default(1.3)
    .meta(
      why(
        'ratio',
        'Until two days are known, a daily cycle looks like a regression: with the global baseline +30 % is asked.',
      ),
    ),
  min_neighbours: whole(3, 10_000)
    .default(5)
    .meta(
      why(
        'queries',
        'From this many judged queries on their median tells what the whole machine did; it is taken off first.',
      ),
    ),
  min_window_points: whole(2, 1_000)
    .default(6)
    .meta(why('points', 'A window with fewer points with runs in them is not judged: its median is hearsay.')),
  min_calls_per_window: whole(1, 1_000_000)
    .default(30)
    .meta(why('calls', 'A mean of fewer runs says more about their parameters than about the server.')),
  min_extra_seconds_per_day: real(0, 86_400)
    .default(60)
    .meta(why('s per day', 'One database minute a day: below it no fix repays the reading of the alarm.')),
  min_share_of_instance_time: real(0, 1)
    .default(0.005)
    .meta(why('share', 'The extra time must be half a percent of the instance’s statement time to matter to it.')),

  // — plan regressions —
  min_plan_gain_s: real(0, 86_400)
    .default(10)
    .meta(
      why(
        's',
        'Saved seconds (n_regressed + n_good) × (mean_regressed − mean_good); SQL Server forces a plan above 10.',
      ),
    ),
  min_plan_runs: whole(2, 100_000)
    .default(15)
    .meta(
      why('calls', 'A plan is compared after this many runs of it; the first runs of a new plan meet cold caches.'),
    ),

  // — life cycle —
  went_away_points: whole(1, 1_000)
    .default(6)
    .meta(
      why('points', 'This many points in a row back inside the baseline resolve a regression; one hour by default.'),
    ),
  cause_search_points: whole(1, 1_000)
    .default(3)
    .meta(why('points', 'Causes are looked for this far around the onset: dating is as sharp as the points are.')),
  update_ratio: real(1.01, 10)
    .default(1.25)
    .meta(
      why(
        'ratio',
        'An open regression is told again when effect or cost moved by this much, or its cause became known.',
      ),
    ),
  critical_extra_seconds_per_day: real(0, 86_400)
    .default(3_600)
    .meta(why('s per day', 'An hour of database time a day: critical.')),
  warning_extra_seconds_per_day: real(0, 86_400)
    .default(300)
    .meta(why('s per day', 'Five minutes of database time a day: warning; less is info.')),

  // — measuring a fix —
  measure_min_points: whole(3, 10_000)
    .default(18)
    .meta(why('points', 'No verdict before this many points after the fix: 3 h by default.')),
  measure_max_s: real(10, 2_592_000)
    .default(259_200)
    .meta(why('s', 'After three days of points the verdict is final, also "not distinguishable".')),
  measure_before_points: whole(6, 100_000)
    .default(1_008)
    .meta(
      why('points', 'The state just before the fix: at most a week, so that every hour after has its like before.'),
    ),
  measure_max_controls: whole(0, 10_000)
    .default(200)
    .meta(why('queries', 'The controls’ median hardly moves with more of them, and each is a week of points to read.')),
  sprt_threshold: real(2, 1_000)
    .default(20)
    .meta(
      why(
        'likelihood ratio',
        'Stop at 20: at most 5 % false verdicts however often one looks (held to in math.test.ts).',
      ),
    ),
  sprt_effect_ln: real(0.01, 2)
    .default(0.2)
    .meta(why('ln', 'Typical size of a real effect, the width of the mixture: about ±20 %.')),
});

export type AnalyticsSettings = z.infer<typeof analytics_settings_schema>;
