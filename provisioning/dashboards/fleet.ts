import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardOf } from './dashboard.js';
import { narrow, pageLink, span, stacked, stat, step, table, timeSeries, unit } from './panels.js';

const figures = () => [
  stat(
    {
      title: 'Open regressions',
      description: 'Queries that got worse than their baseline and have not come back.',
      sql: "SELECT count() AS open FROM regressions_latest(instance_id = '', state = 'open')",
    },
    'short',
    1,
  ),
  stat(
    {
      title: 'Lost to regressions, per day',
      description: 'Extra database seconds per day of all open regressions, against their baselines.',
      sql: "SELECT sum(extra_seconds_per_day) AS lost FROM regressions_latest(instance_id = '', state = 'open')",
    },
    's',
    60,
  ),
  stat({
    title: 'Recommendations waiting',
    description: 'Proposed and not answered.',
    sql: "SELECT count() AS waiting FROM recommendations_latest(instance_id = '', state = 'proposed')",
  }),
  stat(
    {
      title: 'Aspects that need a hand',
      description: 'Things Plumbline should collect and cannot: the Instances page gives the exact fix.',
      sql: 'SELECT countIf(value > 0) AS unhealthy FROM alert_aspects',
    },
    'short',
    1,
  ),
];

const worst = () =>
  table(
    {
      title: 'What got worse, since when, why',
      description: 'Open regressions, the dearest first.',
      sql: "SELECT onset_at, instance_id, severity, effect_ratio, extra_seconds_per_day, cause_sentence, template, query_hash, regression_id FROM regressions_latest(instance_id = '', state = 'open') ORDER BY extra_seconds_per_day DESC LIMIT 50",
    },
    [
      unit('extra_seconds_per_day', 's'),
      narrow('template', 300),
      pageLink('regression_id', 'Open the regression', 'regressions/${__value.text}'),
    ],
  );

const load = () =>
  timeSeries(
    {
      title: 'Load',
      description: 'Average number of statements running at once, per instance.',
      sql: `SELECT point_at AS time, instance_id, load FROM instance_series(instance_id = '', ${span}, ${step}) ORDER BY time`,
    },
    'short',
  );

const waits = () =>
  stacked(
    {
      title: 'What sessions do or wait for',
      description: 'Sessions in each class at once, on average, sampled.',
      sql: `SELECT point_at AS time, wait_class, load FROM instance_waits(instance_id = '', ${span}, ${step}) ORDER BY time`,
    },
    'short',
  );

const fleet = () =>
  table(
    {
      title: 'Fleet',
      description: 'Every instance: how loaded, what is open, whether it can be read.',
      sql: `SELECT instance_id, engine_label, server_version, load, calls, total_time_s, open_regressions, open_recommendations, aspects_not_ok, last_seen_at FROM fleet(${span}) ORDER BY open_regressions DESC, load DESC`,
    },
    [
      unit('total_time_s', 's'),
      unit('calls', 'short'),
      pageLink('instance_id', 'Open the instance', 'instances?var-instance=${__value.text}'),
    ],
  );

const busiest = () =>
  table(
    {
      title: 'Queries by total time',
      description: 'A percentile is only what its origin says: percentiles of interval means are not of runs.',
      sql: `SELECT instance_id, query_hash, template, calls, total_time_s, mean_time_us, share_of_instance_time, p95_us, percentile_origin FROM query_top(instance_id = '', ${span}, limit = 50)`,
    },
    [
      unit('calls', 'short'),
      unit('total_time_s', 's'),
      unit('mean_time_us', 'µs'),
      unit('p95_us', 'µs'),
      unit('share_of_instance_time', 'percentunit'),
      narrow('template', 400),
      pageLink('query_hash', 'Open the query', 'queries/${__data.fields.instance_id}/${__value.text}'),
    ],
  );

/** One page for the whole fleet: what is open, what it costs, where the load is. */
export const fleetDashboard = (): Dashboard =>
  dashboardOf({
    uid: 'plumbline-fleet',
    title: 'Plumbline fleet',
    description: 'What got worse on which server, and what it costs.',
    variables: [],
    panels: [...figures(), worst(), load(), waits(), fleet(), busiest()],
  });
