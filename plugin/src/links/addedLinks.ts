import type { PluginExtensionAddedLinkConfig, PluginExtensionPanelContext, RawTimeRange } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { pagePath, queryPath } from '../App/paths';
import { queryOfPanel } from './queryOfPanel';

/** Grafana shows only what plugin.json lists in the same words. */
export const panel_link: PluginExtensionAddedLinkConfig<PluginExtensionPanelContext> = {
  title: 'Open this query in Plumbline',
  description: 'Its baseline, regressions, plans and advice, in the same time range',
  targets: ['grafana/dashboard/panel/menu'],
  configure: (panel) => {
    if (panel === undefined) return undefined;
    const query = queryOfPanel(panel, (text) => getTemplateSrv().replace(text, panel.scopedVars));
    if (query === undefined) return undefined;
    return { path: `${queryPath(query.instance_id, query.query_hash)}?${spanText(panel.timeRange)}` };
  },
};

/** What Grafana hands over with one firing alert; its package has no type for it. */
interface AlertContext {
  readonly instance?: { readonly labels?: Readonly<Record<string, string>> };
}

export const alert_link: PluginExtensionAddedLinkConfig<AlertContext> = {
  title: 'Open in Plumbline',
  description: 'The query that got worse, or the instance that cannot be read',
  targets: ['grafana/alerting/instance/action'],
  configure: (context) => {
    const path = pathOfAlert(context?.instance?.labels ?? {});
    return path === undefined ? undefined : { path };
  },
};

function pathOfAlert({ instance_id, query_hash, regression_id, aspect }: Readonly<Record<string, string>>) {
  if (instance_id === undefined) return undefined;
  if (query_hash !== undefined) {
    const search = regression_id === undefined ? '' : `?${new URLSearchParams({ regression: regression_id })}`;
    return `${queryPath(instance_id, query_hash)}${search}`;
  }
  return aspect === undefined
    ? undefined
    : `${pagePath('instances')}?${new URLSearchParams({ 'var-instance': instance_id })}`;
}

const spanText = ({ from, to }: RawTimeRange): string => {
  const text = (time: RawTimeRange['from']) => (typeof time === 'string' ? time : String(time.valueOf()));
  return String(new URLSearchParams({ from: text(from), to: text(to) }));
};
