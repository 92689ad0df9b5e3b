import { lazy, Suspense } from 'react';
import { AppPlugin, type AppPluginMeta, type AppRootProps, type PluginConfigPageProps } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';
import type { AppSettings } from './App/settings';
import { alert_link, panel_link } from './links/addedLinks';

// Every static import here lands in the entry file, which Grafana loads on every page: keep both pages lazy.
// The links must be here: menus ask for them before any page is open.
const LazyApp = lazy(() => import('./App/App'));
const LazyConfiguration = lazy(() => import('./Configuration/Configuration'));

const Root = (props: AppRootProps<AppSettings>) => (
  <Suspense fallback={<LoadingPlaceholder text="" />}>
    <LazyApp {...props} />
  </Suspense>
);

const ConfigurationPage = (props: PluginConfigPageProps<AppPluginMeta<AppSettings>>) => (
  <Suspense fallback={<LoadingPlaceholder text="" />}>
    <LazyConfiguration {...props} />
  </Suspense>
);

export const plugin = new AppPlugin<AppSettings>()
  .setRootPage(Root)
  .addLink(panel_link)
  .addLink(alert_link)
  .addConfigPage({
    title: 'Configuration',
    icon: 'cog',
    body: ConfigurationPage,
    id: 'configuration',
  });
