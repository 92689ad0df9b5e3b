import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { anyInstance, dashboardOf, instance } from './dashboard.js';
import { span, stacked, step, table, timeSeries, unit } from './panels.js';

const of_instance = `instance_id = ${instance}`;

const classes = () =>
  stacked(
    {
      title: 'What sessions do or wait for',
      description: 'Sessions in each class at once, on average, sampled. cpu is running, not waiting.',
      sql: `SELECT point_at AS time, wait_class, load FROM instance_waits(${of_instance}, ${span}, ${step}) ORDER BY time`,
    },
    'short',
  )
    .span(24)
    .height(12);

const waiting = () =>
  timeSeries(
    {
      title: 'Waiting, without the CPU',
      description: 'The same sessions without those that ran.',
      sql: `SELECT point_at AS time, wait_class, load FROM instance_waits(${of_instance}, ${span}, ${step}) WHERE wait_class != 'cpu' ORDER BY time`,
    },
    'short',
  );

const load = () =>
  timeSeries(
    {
      title: 'Load',
      description:
        'Average number of statements running at once, from their own counters: it should look like the waits.',
      sql: `SELECT point_at AS time, instance_id, load FROM instance_series(${of_instance}, ${span}, ${step}) ORDER BY time`,
    },
    'short',
  );

const totals = () =>
  table(
    {
      title: 'Sum of the span',
      description: 'Sampled session time in each class, and its share.',
      sql: `SELECT wait_class, sum(load) * greatest(60, $__interval_s) AS sampled_time_s, sum(load) / sum(sum(load)) OVER () AS share FROM instance_waits(${of_instance}, ${span}, ${step}) GROUP BY wait_class ORDER BY sampled_time_s DESC`,
    },
    [unit('sampled_time_s', 's'), unit('share', 'percentunit')],
  );

/** Where session time goes. */
export const waitsDashboard = (): Dashboard =>
  dashboardOf({
    uid: 'plumbline-waits',
    title: 'Plumbline waits',
    description: 'What sessions do or wait for, on one server or on all.',
    variables: [anyInstance()],
    panels: [classes(), waiting(), load(), totals()],
  });
