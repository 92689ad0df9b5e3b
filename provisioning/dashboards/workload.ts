import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardOf, instance, oneInstance } from './dashboard.js';
import { narrow, pageLink, span, stat, step, table, timeSeries, unit } from './panels.js';

const of_instance = `instance_id = ${instance}`;
/** Of all databases of the instance together. */
const of_all = `${of_instance}, database_name = ''`;
const query_path = 'queries/${instance}/${__value.text}';
/** Spans that a pattern needs to show, whatever the dashboard shows. */
const before = (days: number) => `from = $__toTime - INTERVAL ${days} DAY, to = $__toTime`;
const completeness = `workload_completeness(${of_instance}, ${span}, ${step})`;
const hour_name =
  "concat(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][intDiv(hour_of_week, 24) + 1], ' ', leftPad(toString(hour_of_week % 24), 2, '0'), ':00')";

const figures = () => [
  stat(
    {
      title: 'Explained time',
      description:
        'Time of the collected statements, of the time that the server itself counted. Empty: it counts none, so it is unknown.',
      sql: `SELECT sumIf(collected_time_s, engine_time_s IS NOT NULL) / nullIf(sum(engine_time_s), 0) AS explained FROM ${completeness}`,
    },
    'percentunit',
  ),
  stat(
    {
      title: 'Gaps',
      description: 'Resets, evictions, restarts and missed readings in the span.',
      sql: `SELECT count() AS gaps FROM collection_gaps(${of_instance}, ${span})`,
    },
    'short',
    1,
  ),
  stat({
    title: 'Calls per second',
    description: 'Of all statements, over what of the span was watched.',
    sql: `SELECT calls_per_s FROM workload_pattern(${of_instance}, ${span}) WHERE scope = 'instance'`,
  }),
  stat(
    {
      title: 'Writing calls',
      description: 'Insert, update, delete and merge, of the calls that read or write.',
      sql: `SELECT write_calls / nullIf(read_calls + write_calls, 0) AS writing FROM workload_pattern(${of_instance}, ${span}) WHERE scope = 'instance'`,
    },
    'percentunit',
  ),
];

const kinds = () =>
  table(
    {
      title: 'Kind of work',
      description: 'Of the instance and of each database. The thresholds stand in analytics_thresholds_latest.',
      sql: `SELECT scope, database_name, workload_class, load, calls_per_s, mean_time_us, rows_per_call, logical_read_bytes_per_call, short_time_share, heavy_time_share, read_time_share, write_time_share FROM workload_pattern(${of_instance}, ${span})`,
    },
    [
      unit('mean_time_us', 'µs'),
      unit('logical_read_bytes_per_call', 'bytes'),
      ...['short_time_share', 'heavy_time_share', 'read_time_share', 'write_time_share'].map((name) =>
        unit(name, 'percentunit'),
      ),
    ],
  );

const hours = () => [
  timeSeries(
    {
      title: 'Load by hour',
      description: 'Statements running at once, on average, in each watched hour of four weeks.',
      sql: `SELECT hour_at AS time, load FROM workload_hours(${of_all}, ${before(28)}) ORDER BY time`,
    },
    'short',
  ),
  table(
    {
      title: 'Peak hours',
      description: 'Hours of the week (UTC) that stand out of four weeks, the busiest first.',
      sql: `SELECT ${hour_name} AS hour, load, mean_load, calls_per_s, watched_hours FROM workload_profile(${of_all}, ${before(28)}) WHERE is_peak = 1 ORDER BY load DESC`,
    },
    [],
  ).span(12),
];

const shifts = () =>
  table(
    {
      title: 'Shifts',
      description:
        'The last week against the same hours of the weeks before. profile: hours of the week, 0 is Monday 00:00.',
      sql: `SELECT shift_kind, verdict, value_before, value_now, moved_by, least_move, usual_move, compared_hours, weeks_before FROM workload_shifts(${of_all}, ${before(7)})`,
    },
    [],
  );

const turnover = () =>
  table(
    {
      title: 'New and vanished queries',
      description: 'First seen in the span, or stayed away from it longer than ever; the dearest first.',
      sql: `SELECT change, query_hash, template, database_name, first_seen_at, last_seen_at, calls, total_time_s, share_of_instance_time FROM query_turnover(${of_instance}, ${span}, limit = 50)`,
    },
    [
      unit('calls', 'short'),
      unit('total_time_s', 's'),
      unit('share_of_instance_time', 'percentunit'),
      narrow('template', 400),
      pageLink('query_hash', 'Open the query', query_path),
    ],
  );

const explained = () => [
  timeSeries(
    {
      title: 'Explained time',
      description: 'Share of the time that the server counted. A hole in the line: unknown.',
      sql: `SELECT point_at AS time, explained_share FROM ${completeness} ORDER BY time`,
    },
    'percentunit',
  ),
  table(
    {
      title: 'What is missing, and why',
      description: 'Each gap lies after its beginning and not after its end.',
      sql: `SELECT began_at, ended_at, gap_kind, object_name, instance_id FROM collection_gaps(${of_instance}, ${span}) ORDER BY began_at DESC LIMIT 200`,
    },
    [pageLink('instance_id', 'Open the workload', 'workload?var-instance=${__value.text}')],
  ).span(12),
];

/** One server's workload as a whole: of what kind, when, how it moves, how much of it is known. */
export const workloadDashboard = (): Dashboard =>
  dashboardOf({
    uid: 'plumbline-workload',
    title: 'Plumbline workload',
    description: 'When one server works, at what, how that changes, and how much of it is known.',
    variables: [oneInstance()],
    panels: [...figures(), kinds(), ...hours(), shifts(), turnover(), ...explained()],
  });
