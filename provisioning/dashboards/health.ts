import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { anyInstance, dashboardOf, instance } from './dashboard.js';
import { narrow, pageLink, span, stat, table, unit } from './panels.js';

const aspects = `aspects_latest(instance_id = ${instance})`;
const lanes = "lanes_latest(at = now64(3, 'UTC'))";
const cost = `collector_cost(instance_id = ${instance}, ${span})`;

const figures = () => [
  stat(
    {
      title: 'Aspects that need a hand',
      description: 'Things Plumbline should collect and cannot.',
      sql: `SELECT countIf(state IN ('degraded', 'denied', 'failed', 'backing_off')) AS unhealthy FROM ${aspects}`,
    },
    'short',
    1,
  ),
  stat(
    {
      title: 'Late aspects',
      description: 'Enabled ones whose last reading is older than three of their intervals and a minute.',
      sql: `SELECT countIf(state NOT IN ('disabled', 'unsupported') AND dateDiff('second', observed_at, now()) > 3 * interval_s + 60) AS late FROM ${aspects}`,
    },
    'short',
    1,
  ),
  stat(
    {
      title: 'Newest reading, age',
      description: 'Of whichever aspect was read last: when it grows, the collector stands still.',
      sql: `SELECT dateDiff('second', max(observed_at), now()) AS age FROM ${aspects} HAVING count() > 0`,
    },
    's',
    300,
  ),
  stat(
    {
      title: 'Readings over their budget',
      description: 'Readings that took longer on the source than they may, in the span.',
      sql: `SELECT sum(over_budget) / greatest(1, sum(readings)) AS share FROM ${cost}`,
    },
    'percentunit',
    0.05,
  ),
];

const behind = () =>
  table(
    {
      title: 'What waits between collectors and sinks',
      description: 'Partitions of Kafka. Late: how old the oldest row is that is not stored, or how long no sink told.',
      sql: `SELECT lane, lag_messages, late_s, silent_s, told_at FROM ${lanes} ORDER BY late_s DESC, lane`,
    },
    [unit('lag_messages', 'short'), unit('late_s', 's'), unit('silent_s', 's')],
  );

const broken = () =>
  table(
    {
      title: 'What cannot be read, and the fix',
      description: 'Run the fix on the source, or change the setting.',
      sql: `SELECT instance_id, aspect, state, message, fix, observed_at FROM ${aspects} WHERE state NOT IN ('ok', 'disabled', 'unsupported') ORDER BY instance_id, aspect`,
    },
    [
      narrow('message', 400),
      narrow('fix', 400),
      pageLink('instance_id', 'Open the instance', 'instances?var-instance=${__value.text}'),
    ],
  );

const costs = () =>
  table(
    {
      title: 'What reading costs the sources',
      description: 'Time on the source per reading, in the span.',
      sql: `SELECT instance_id, aspect, readings, mean_elapsed_ms, max_elapsed_ms, rows_read, over_budget FROM ${cost} ORDER BY mean_elapsed_ms * readings DESC`,
    },
    [
      unit('readings', 'short'),
      unit('mean_elapsed_ms', 'ms'),
      unit('max_elapsed_ms', 'ms'),
      unit('rows_read', 'short'),
      unit('over_budget', 'short'),
    ],
  );

const every = () =>
  table(
    {
      title: 'Every aspect',
      description: 'The newest reading of each.',
      sql: `SELECT instance_id, aspect, state, observed_at, elapsed_ms, budget_ms, rows_read, interval_s FROM ${aspects} ORDER BY instance_id, aspect`,
    },
    [unit('elapsed_ms', 'ms'), unit('budget_ms', 'ms'), unit('rows_read', 'short'), unit('interval_s', 's')],
  );

/** Is Plumbline itself well: does it read what it should, in time, at what cost? */
export const healthDashboard = (): Dashboard =>
  dashboardOf({
    uid: 'plumbline-health',
    title: 'Plumbline health',
    description: 'Does Plumbline read what it should, in time, and what does that cost the sources?',
    variables: [anyInstance()],
    panels: [...figures(), broken(), behind(), costs(), every()],
  });
