import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardOf, instance, oneInstance, oneQuery, query_hash } from './dashboard.js';
import { narrow, pageLink, span, step, table, timeSeries, unit } from './panels.js';

const of_query = `instance_id = ${instance}, query_hash = ${query_hash}`;
const fromSeries = (columns: string) =>
  `SELECT point_at AS time, ${columns} FROM query_series(${of_query}, ${span}, ${step}) ORDER BY time`;

const text = () =>
  table(
    {
      title: 'The query',
      description: 'Its text without values, where it runs and since when.',
      sql: `SELECT template, statement_class, arrayStringConcat(database_names, ', ') AS databases, first_seen_at, last_seen_at, query_hash FROM query_summary(${of_query})`,
    },
    [pageLink('query_hash', 'Open in Plumbline', 'queries/${instance}/${__value.text}')],
  ).height(4);

const series = () => [
  timeSeries(
    {
      title: 'Time per run and its baseline',
      description:
        "The baseline is the median ± 3 sigma of its logarithm. p95 is named by its origin: 'means' is not of runs.",
      sql: fromSeries(
        'mean_time_us AS mean, baseline_low_us AS `baseline low`, baseline_median_us AS `baseline median`, baseline_high_us AS `baseline high`',
      ),
    },
    'µs',
  ),
  timeSeries(
    {
      title: 'p95, by its origin',
      description: 'exact and histogram are of runs, modelled is estimated, means is of interval means.',
      sql: fromSeries('percentile_origin, p95_us'),
    },
    'µs',
  ),
  timeSeries({ title: 'Calls', description: 'Runs that ended in each point.', sql: fromSeries('calls') }, 'short'),
  timeSeries(
    {
      title: 'Load',
      description: 'Average number of runs at once: time in them, per second.',
      sql: fromSeries('total_time_s / greatest(60, $__interval_s) AS load'),
    },
    'short',
  ),
  timeSeries({ title: 'Rows per call', description: 'Rows returned.', sql: fromSeries('rows_per_call') }, 'short'),
  timeSeries(
    {
      title: 'Read per call',
      description: 'Bytes asked of the buffer cache or, where there is none, of storage.',
      sql: fromSeries('logical_read_bytes_per_call'),
    },
    'bytes',
  ),
];

const waits = () =>
  table(
    {
      title: 'Where its time goes',
      description: 'Sampled while it ran, the CPU included.',
      sql: `SELECT wait_class, wait_event, sampled_time_s, share FROM query_waits(${of_query}, ${span})`,
    },
    [unit('sampled_time_s', 's'), unit('share', 'percentunit')],
  ).span(12);

const plans = () =>
  table(
    {
      title: 'Plans',
      description: 'Newest first. Costs are in the unit of the optimizer.',
      sql: `SELECT plan_hash, first_seen_at, last_seen_at, total_cost, origin FROM query_plans(${of_query})`,
    },
    [],
  ).span(12);

const regressions = () =>
  table(
    {
      title: 'Its regressions',
      description: 'Open and past.',
      sql: `SELECT onset_at, state, severity, effect_ratio, extra_seconds_per_day, cause_sentence, regression_id FROM regressions_latest(instance_id = ${instance}, state = '') WHERE query_hash = ${query_hash} ORDER BY onset_at DESC`,
    },
    [
      unit('extra_seconds_per_day', 's'),
      narrow('cause_sentence', 500),
      pageLink('regression_id', 'Open the regression', 'regressions/${__value.text}'),
    ],
  );

/** One query over time: how long, how often, how much, and what it waits for. */
export const queryDashboard = (): Dashboard =>
  dashboardOf({
    uid: 'plumbline-query',
    title: 'Plumbline query',
    description: 'One query against its baseline, with its waits, plans and regressions.',
    variables: [oneInstance(), oneQuery()],
    panels: [text(), ...series(), waits(), plans(), regressions()],
  });
