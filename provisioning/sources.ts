import { clickhouse_type, clickhouse_uid } from './clickhouse-query.js';

/** The data source: the embedded engine's endpoint or a ClickHouse server; both speak HTTP. `$` names are Grafana's environment. */
export const datasourcesFile = {
  apiVersion: 1,
  datasources: [
    {
      name: 'Plumbline ClickHouse',
      uid: clickhouse_uid,
      type: clickhouse_type,
      access: 'proxy',
      jsonData: {
        host: '$PLUMBLINE_CLICKHOUSE_HOST',
        port: '$PLUMBLINE_CLICKHOUSE_PORT',
        protocol: 'http',
        secure: false,
        username: '$PLUMBLINE_CLICKHOUSE_USER',
        defaultDatabase: 'plumbline',
      },
      secureJsonData: { password: '$PLUMBLINE_CLICKHOUSE_PASSWORD' },
    },
  ],
};

export const appsFile = {
  apiVersion: 1,
  apps: [
    {
      type: 'plumbline-app',
      org_id: 1,
      disabled: false,
      jsonData: { apiUrl: '$PLUMBLINE_API_URL', datasourceUid: clickhouse_uid },
      secureJsonData: { apiToken: '$PLUMBLINE_API_TOKEN' },
    },
  ],
};

export const dashboardProvidersFile = {
  apiVersion: 1,
  providers: [
    {
      name: 'plumbline',
      type: 'file',
      folder: 'Plumbline',
      options: { path: '/etc/grafana/provisioning/dashboards/plumbline' },
    },
  ],
};
