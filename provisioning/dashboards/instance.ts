import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardOf, instance, oneInstance } from './dashboard.js';
import { narrow, pageLink, span, stacked, step, table, timeSeries, unit } from './panels.js';

const of_instance = `instance_id = ${instance}`;
const query_path = 'queries/${instance}/${__value.text}';

const series = () => [
  timeSeries(
    {
      title: 'Load',
      description: 'Average number of statements running at once.',
      sql: `SELECT point_at AS time, load FROM instance_series(${of_instance}, ${span}, ${step}) ORDER BY time`,
    },
    'short',
  ),
  stacked(
    {
      title: 'What sessions do or wait for',
      description: 'Sessions in each class at once, on average, sampled.',
      sql: `SELECT point_at AS time, wait_class, load FROM instance_waits(${of_instance}, ${span}, ${step}) ORDER BY time`,
    },
    'short',
  ),
  timeSeries(
    {
      title: 'Mean time per run',
      description: 'Of all statements together.',
      sql: `SELECT point_at AS time, mean_time_us FROM instance_series(${of_instance}, ${span}, ${step}) ORDER BY time`,
    },
    'µs',
  ),
  timeSeries(
    {
      title: 'Calls',
      description: 'Statements that ended in each point.',
      sql: `SELECT point_at AS time, calls FROM instance_series(${of_instance}, ${span}, ${step}) ORDER BY time`,
    },
    'short',
  ),
];

const regressions = () =>
  table(
    {
      title: 'What got worse, since when, why',
      description: 'Open regressions, the dearest first.',
      sql: `SELECT onset_at, severity, effect_ratio, extra_seconds_per_day, cause_sentence, template, query_hash FROM regressions_latest(${of_instance}, state = 'open') ORDER BY extra_seconds_per_day DESC`,
    },
    [unit('extra_seconds_per_day', 's'), narrow('template', 300), pageLink('query_hash', 'Open the query', query_path)],
  );

const busiest = () =>
  table(
    {
      title: 'Queries by total time',
      description: 'A percentile is only what its origin says: percentiles of interval means are not of runs.',
      sql: `SELECT query_hash, template, database_name, calls, total_time_s, mean_time_us, share_of_instance_time, p95_us, percentile_origin FROM query_top(${of_instance}, ${span}, limit = 50)`,
    },
    [
      unit('calls', 'short'),
      unit('total_time_s', 's'),
      unit('mean_time_us', 'µs'),
      unit('p95_us', 'µs'),
      unit('share_of_instance_time', 'percentunit'),
      narrow('template', 400),
      pageLink('query_hash', 'Open the query', query_path),
    ],
  );

const events = () =>
  table(
    {
      title: 'What happened on it',
      description: 'Restarts, resets, plans, indexes and settings that changed, newest first.',
      sql: `SELECT occurred_at, kind, database_name, object_name, subject, before, after, query_hash FROM instance_event_list(${of_instance}, ${span}) LIMIT 200`,
    },
    [narrow('before', 200), narrow('after', 200), pageLink('query_hash', 'Open the query', query_path)],
  );

/** One server: its load, what it waits for, what got worse and what happened on it. */
export const instanceDashboard = (): Dashboard =>
  dashboardOf({
    uid: 'plumbline-instance',
    title: 'Plumbline instance',
    description: 'One server: its load, what got worse on it and what happened.',
    variables: [oneInstance()],
    panels: [...series(), regressions(), busiest(), events()],
  });
