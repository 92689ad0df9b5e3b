import { DataSourceApi, type DataQuery, type DataQueryRequest, type DataSourceInstanceSettings } from '@grafana/data';
import { toDataQueryResponse } from '@grafana/runtime';
import { catchError, map, of } from 'rxjs';
import { backendSrv } from './backend-srv';

const uid = window.plumblinePreview.datasource_uid;
const type = 'grafana-clickhouse-datasource';

const settings = {
  id: 1,
  uid,
  type,
  name: 'Plumbline ClickHouse',
  url: '',
  access: 'proxy',
  readOnly: true,
  isDefault: true,
  jsonData: {},
  meta: {
    id: type,
    name: 'ClickHouse',
    type: 'datasource',
    baseUrl: '',
    module: '',
    metrics: true,
    info: {
      author: { name: '' },
      description: '',
      links: [],
      logos: { small: '/public/plugins/plumbline-app/img/logo.svg', large: '' },
      screenshots: [],
      updated: '',
      version: '',
    },
  },
} as unknown as DataSourceInstanceSettings;

/** Sends each query to /api/ds/query as a data source with a backend does; the macros are expanded by the server. */
class PreviewDataSource extends DataSourceApi {
  query({ targets, range, intervalMs, maxDataPoints }: DataQueryRequest) {
    const queries = targets.map((target: DataQuery) => ({
      ...target,
      datasource: { uid, type },
      intervalMs,
      maxDataPoints,
    }));
    const data = { queries, from: String(range.from.valueOf()), to: String(range.to.valueOf()) };
    return backendSrv.fetch({ url: '/api/ds/query', method: 'POST', data }).pipe(
      map((answer) => toDataQueryResponse(answer as never, queries)),
      catchError((error) => of(toDataQueryResponse(error))),
    );
  }
  testDatasource() {
    return Promise.resolve({ status: 'success', message: '' });
  }
}

const source = new PreviewDataSource(settings);
source.meta = settings.meta;

type Ref = string | { readonly uid?: string; readonly type?: string } | null | undefined;
const isOurs = (ref: Ref): boolean => {
  const name = typeof ref === 'string' ? ref : ref?.uid;
  return name === undefined || name === '' || name === uid || name === settings.name || name === 'default';
};

export const dataSourceSrv = {
  get: async (ref?: Ref) => {
    if (!isOurs(ref)) throw new Error(`Data source ${JSON.stringify(ref)} was not found`);
    return source;
  },
  getInstanceSettings: (ref?: Ref) => (isOurs(ref) ? settings : undefined),
  getList: () => [settings],
  reload: () => undefined,
  registerRuntimeDataSource: () => undefined,
};
