import { plugin_id } from './plugin-id';

export type PageName = 'overview' | 'regressions' | 'queries' | 'workload' | 'recommendations' | 'instances';

/** Absolute path of a page. Grafana's own router resolves it, so links work from everywhere. */
export const pagePath = (page: PageName): string => `/a/${plugin_id}/${page}`;
export const configurationPath = `/plugins/${plugin_id}?page=configuration`;

export const queryPath = (instance_id: string, query_hash: string): string =>
  `${pagePath('queries')}/${encodeURIComponent(instance_id)}/${encodeURIComponent(query_hash)}`;

export const recommendationPath = (recommendation_id: string): string =>
  `${pagePath('recommendations')}/${encodeURIComponent(recommendation_id)}`;
