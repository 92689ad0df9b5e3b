import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { anyInstance, dashboardOf, instance } from './dashboard.js';
import { narrow, pageLink, stat, table, unit } from './panels.js';

const all = `recommendations_latest(instance_id = ${instance}, state = '')`;
const applied = `recommendations_latest(instance_id = ${instance}, state = 'applied')`;
const measured = (field: 'value' | 'low' | 'high') =>
  `JSONExtractFloat(measurement, 'saved_seconds_per_day', '${field}')`;
const detail = [
  narrow('title', 400),
  pageLink('recommendation_id', 'Open the recommendation', 'recommendations/${__value.text}'),
];

const figures = () => [
  stat(
    {
      title: 'Saved per day',
      description: 'Database time, measured against control queries, of what was applied and improved.',
      sql: `SELECT sumIf(${measured('value')}, verdict = 'improved') AS saved FROM ${applied}`,
    },
    's',
  ),
  stat({
    title: 'Improved',
    description: 'Applied, and better by measurement.',
    sql: `SELECT countIf(verdict = 'improved') AS improved FROM ${applied}`,
  }),
  stat(
    {
      title: 'Made it worse',
      description: 'Applied, and worse by measurement: take it back.',
      sql: `SELECT countIf(verdict = 'worse') AS worse FROM ${applied}`,
    },
    'short',
    1,
  ),
  stat(
    {
      title: 'Could still be saved per day',
      description: 'What is proposed, accepted or started is expected to save, where an honest estimate exists.',
      sql: `SELECT sumIf(ifNull(saved_seconds_per_day, 0), state IN ('proposed', 'accepted', 'started')) AS expected FROM ${all}`,
    },
    's',
  ),
];

const effects = () =>
  table(
    {
      title: 'Did it work?',
      description: 'What was applied: expected against measured, with the bounds of the 80 % interval.',
      sql: `SELECT applied_at, instance_id, title, verdict, saved_seconds_per_day AS expected_s_per_day, ${measured('value')} AS measured_s_per_day, ${measured('low')} AS measured_low, ${measured('high')} AS measured_high, JSONExtractFloat(measurement, 'before_mean_us') AS before_mean_us, JSONExtractFloat(measurement, 'after_mean_us') AS after_mean_us, recommendation_id FROM ${applied} WHERE measurement != '' ORDER BY applied_at DESC`,
    },
    [
      ...detail,
      ...['expected_s_per_day', 'measured_s_per_day', 'measured_low', 'measured_high'].map((name) => unit(name, 's')),
      unit('before_mean_us', 'µs'),
      unit('after_mean_us', 'µs'),
    ],
  );

const accuracy = () =>
  table(
    {
      title: 'How good are the estimates?',
      description:
        'By engine, action and proof, over what was applied and measured against control queries by the end of the dashboard’s span. Errors: mean distance of expected and measured time ratio. Inside the 80 % interval: 0.8 is right. Bias above 1: promises too much.',
      sql: `SELECT engine, action_kind, proof, outcomes, uncalibrated_error, told_error, inside_share, direction_share, uncalibrated_bias, told_bias FROM model_accuracy(instance_id = ${instance}, as_of = $__toTime)`,
    },
    ['uncalibrated_error', 'told_error', 'inside_share', 'direction_share'].map((name) => unit(name, 'percentunit')),
  );

const waiting = () =>
  table(
    {
      title: 'Waiting for an answer or a hand',
      description: 'The most worth first.',
      sql: `SELECT proposed_at, instance_id, severity, state, title, saved_seconds_per_day, proof, detector, recommendation_id FROM ${all} WHERE state IN ('proposed', 'accepted', 'started') ORDER BY saved_seconds_per_day DESC NULLS LAST`,
    },
    [...detail, unit('saved_seconds_per_day', 's')],
  );

const detectors = () =>
  table(
    {
      title: 'By detector',
      description: 'What became of the advice of each kind.',
      sql: `SELECT detector, countIf(state IN ('proposed', 'accepted', 'started')) AS waiting, countIf(state = 'applied') AS applied, countIf(verdict = 'improved') AS improved, countIf(verdict = 'worse') AS worse, countIf(state = 'dismissed') AS dismissed, countIf(state = 'withdrawn') AS withdrawn FROM ${all} GROUP BY detector ORDER BY detector`,
    },
    [],
  );

/** Did the advice work? */
export const recommendationsDashboard = (): Dashboard =>
  dashboardOf({
    uid: 'plumbline-recommendations',
    title: 'Plumbline recommendations and their effect',
    description: 'What was applied, what it saved by measurement, and what waits.',
    variables: [anyInstance()],
    panels: [...figures(), effects(), accuracy(), waiting(), detectors()],
  });
