import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { clickhouse_type } from '../clickhouse-query.js';
import { datasource, type Panel } from './panels.js';

export interface DashboardText {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly QueryVariableBuilder[];
  readonly panels: readonly Panel[];
}

export function dashboardOf({ uid, title, description, variables, panels }: DashboardText): Dashboard {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['plumbline'])
    .time({ from: 'now-24h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('ClickHouse').type(clickhouse_type));
  for (const variable of variables) dashboard.withVariable(variable);
  // Ids by place: an alert rule or a link that names a panel must find it again.
  panels.forEach((panel, place) => dashboard.withPanel(panel.id(place + 1)));
  return dashboard.build();
}

/** How SQL writes a variable: quoted, with quotes inside it doubled. */
export const instance = '${instance:sqlstring}';
export const query_hash = '${query_hash:sqlstring}';

const variable = (name: string, label: string, sql: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(sql)
    .definition(sql)
    .refresh(VariableRefresh.OnTimeRangeChanged);

const instance_sql = "SELECT instance_id FROM instances_latest(instance_id = '') ORDER BY instance_id";

export const oneInstance = (): QueryVariableBuilder => variable('instance', 'Instance', instance_sql);

/** "All" is what the views call it: ''. Grafana writes `allValue` as it is, whatever the format. */
export const anyInstance = (): QueryVariableBuilder => oneInstance().includeAll(true).allValue("''");

export const oneQuery = (): QueryVariableBuilder =>
  variable(
    'query_hash',
    'Query',
    `SELECT query_hash FROM query_top(instance_id = ${instance}, from = $__fromTime, to = $__toTime, limit = 100)`,
  );
