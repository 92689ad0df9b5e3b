import { QueryBuilder, RuleBuilder } from '@grafana/grafana-foundation-sdk/alerting';
import type { Rule } from '@grafana/grafana-foundation-sdk/alerting';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { clickhouseQuery, clickhouse_uid } from './clickhouse-query.js';

const folder = 'Plumbline';
/** Five minutes: as long as a restart of brokers or sinks may take, and shorter than a judgement waits for its rows. */
const late_from_s = 300;
const expression_uid = '__expr__';

/** Grafana evaluates a threshold directly on a table with exactly one number; its text columns become the labels. */
function threshold(above: number): Builder<Dataquery> {
  const model = {
    refId: 'B',
    type: 'threshold',
    expression: 'A',
    datasource: { type: expression_uid, uid: expression_uid },
    conditions: [{ evaluator: { type: 'gt', params: [above] } }],
    _implementsDataqueryVariant: () => undefined,
  };
  return { build: () => model };
}

interface AlertRule {
  readonly uid: string;
  readonly title: string;
  readonly sql: string;
  readonly above: number;
  readonly for_duration: string;
  readonly severity: 'warning' | 'critical';
  readonly summary: string;
  readonly page: string;
}

/** Templates use `.Labels` and `.Values`, never `$labels`: provisioning files expand `$` (and differ by version in how). */
const rules: readonly AlertRule[] = [
  {
    uid: 'plumbline-regression-open',
    title: 'A query got worse',
    sql: "SELECT instance_id, query_hash, regression_id, severity, cause, value FROM alert_regressions WHERE severity != 'info'",
    above: 0,
    for_duration: '0s',
    severity: 'warning',
    summary:
      'On {{ .Labels.instance_id }} the query {{ .Labels.query_hash }} is at {{ printf "%.1f" .Values.A.Value }} times its baseline ({{ .Labels.cause }}).',
    page: '/a/plumbline-app/regressions/{{ .Labels.regression_id }}',
  },
  {
    uid: 'plumbline-collector-health',
    title: 'Plumbline cannot collect',
    sql: 'SELECT instance_id, aspect, state, fix, value FROM alert_aspects',
    above: 0,
    for_duration: '5m',
    severity: 'warning',
    summary:
      'On {{ .Labels.instance_id }} the aspect {{ .Labels.aspect }} is {{ .Labels.state }}. Fix: {{ .Labels.fix }}',
    page: '/a/plumbline-app/instances?var-instance={{ .Labels.instance_id }}',
  },
  {
    uid: 'plumbline-storing-late',
    title: 'Rows are stored late',
    sql: 'SELECT lane, value FROM alert_lanes',
    above: late_from_s,
    for_duration: '2m',
    severity: 'warning',
    summary:
      'The rows of {{ .Labels.lane }} are stored {{ printf "%.0f" .Values.A.Value }} seconds late, or not at all.',
    page: '/d/plumbline-health',
  },
];

const buildRule = (rule: AlertRule): Rule =>
  new RuleBuilder(rule.title)
    .uid(rule.uid)
    .ruleGroup('plumbline')
    .folderUID(folder)
    .condition('B')
    .withQuery(
      new QueryBuilder('A')
        .datasourceUid(clickhouse_uid)
        .relativeTimeRange({ from: 600, to: 0 })
        .model(clickhouseQuery('table', rule.sql, clickhouse_uid)),
    )
    .withQuery(
      new QueryBuilder('B')
        .datasourceUid(expression_uid)
        .relativeTimeRange({ from: 600, to: 0 })
        .model(threshold(rule.above)),
    )
    .forDuration(rule.for_duration)
    // No rows means nothing is wrong; an error of the store must not be silent.
    .noDataState('OK')
    .execErrState('Error')
    .labels({ product: 'plumbline', severity: rule.severity })
    .annotations({ summary: rule.summary, page: rule.page })
    .build();

/** The SDK builds what the HTTP API takes; a provisioning file names a few fields otherwise and nests by group. */
function inFileShape(rule: Rule): Record<string, unknown> {
  const { folderUID: _folder, ruleGroup: _group, orgID: _org, ...rest } = rule;
  return rest;
}

export function alertRulesFile(): Record<string, unknown> {
  return {
    apiVersion: 1,
    groups: [{ orgId: 1, name: 'plumbline', folder, interval: '1m', rules: rules.map(buildRule).map(inFileShape) }],
  };
}
