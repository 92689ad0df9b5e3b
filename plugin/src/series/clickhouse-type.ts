export const clickhouse_type = 'grafana-clickhouse-datasource';
