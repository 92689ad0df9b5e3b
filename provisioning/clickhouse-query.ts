import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

/** The ClickHouse data source is provisioned under this uid; dashboards and rules refer to it and to nothing else. */
export const clickhouse_uid = 'plumbline-clickhouse';
export const clickhouse_type = 'grafana-clickhouse-datasource';

const formats = { time_series: 0, table: 1 } as const;

/** The query model of grafana-clickhouse-datasource 4.x, for which the SDK has no builder. */
export interface ClickHouseQuery extends Dataquery {
  readonly refId: string;
  readonly datasource: { readonly uid: string; readonly type: string };
  readonly editorType: 'sql';
  readonly rawSql: string;
  readonly format: number;
  readonly queryType: 'timeseries' | 'table';
  readonly pluginVersion: string;
}

/** `uid`: the data source variable in dashboards, the fixed uid in alert rules, which know no variables. */
export function clickhouseQuery(format: keyof typeof formats, rawSql: string, uid: string): Builder<ClickHouseQuery> {
  return {
    build: () => ({
      refId: 'A',
      datasource: { uid, type: clickhouse_type },
      editorType: 'sql',
      rawSql,
      format: formats[format],
      queryType: format === 'table' ? 'table' : 'timeseries',
      pluginVersion: '4.20.0',
      _implementsDataqueryVariant: () => undefined,
    }),
  };
}
