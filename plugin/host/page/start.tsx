import './boot-data';
import 'plumbline-preview/uplot.css';
import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { createTheme, EventBusSrv, setTimeZoneResolver, ThemeContext, type AppPlugin } from '@grafana/data';
import {
  config,
  locationService,
  LocationServiceProvider,
  setAppEvents,
  setBackendSrv,
  setDataSourceSrv,
  setEchoSrv,
  setPluginComponentHook,
  setPluginComponentsHook,
  setPluginFunctionsHook,
  setPluginImportUtils,
  setPluginLinksHook,
  setRunRequest,
  setTemplateSrv,
} from '@grafana/runtime';
import { GlobalStyles, ModalRoot, ModalsProvider, PortalContainer } from '@grafana/ui';
import { initializeI18n } from 'plumbline-preview/i18n';
import { setPluginPage } from 'plumbline-preview/plugin-page';
import { prepareVariant } from 'plumbline-preview/variant';
import { createRoot } from 'react-dom/client';
import { Router } from 'react-router-dom-v5';
import { CompatRouter, Route, Routes } from 'react-router-dom-v5-compat';
import { backendSrv } from './backend-srv';
import { Chrome, PreviewPage } from './chrome';
import { dataSourceSrv } from './datasource';
import { panelPlugin } from './panels';
import { fillRegistries } from './registries';
import { runRequest } from './run-request';
import { loadPlugin } from './shared-modules';

const { plugin_json, settings } = window.plumblinePreview;
const meta = { ...plugin_json, ...settings, enabled: true, module: '', baseUrl: '', pinned: true };

function lendServices(): void {
  setBackendSrv(backendSrv as never);
  setDataSourceSrv(dataSourceSrv as never);
  setTemplateSrv({
    replace: (text?: string) => text ?? '',
    getVariables: () => [],
    containsTemplate: () => false,
    updateTimeRange: () => undefined,
  } as never);
  setEchoSrv({ flush: () => undefined, addBackend: () => undefined, addEvent: () => undefined } as never);
  setAppEvents(new EventBusSrv());
  setRunRequest(runRequest as never);
  setPluginImportUtils({ importPanelPlugin: async (id) => panelPlugin(id), getPanelPluginFromCache: panelPlugin });
  setPluginLinksHook(() => ({ links: [], isLoading: false }));
  setPluginComponentHook(() => ({ component: null, isLoading: false }));
  setPluginComponentsHook((() => ({ components: [], isLoading: false })) as never);
  setPluginFunctionsHook((() => ({ functions: [], isLoading: false })) as never);
  setTimeZoneResolver(() => 'browser');
  setPluginPage(PreviewPage as never);
  fillRegistries();
}

function Host({ plugin }: { readonly plugin: AppPlugin }) {
  const Root = plugin.root as ComponentType<object>;
  return (
    <ThemeContext.Provider value={config.theme2 ?? createTheme()}>
      <GlobalStyles />
      <LocationServiceProvider service={locationService}>
        <Router history={locationService.getHistory()}>
          <CompatRouter>
            <ModalsProvider>
              <Chrome>
                <Routes>
                  <Route path={`/a/${plugin_json.id}/*`} element={<Root {...rootProps} />} />
                  <Route path={`/plugins/${plugin_json.id}`} element={<ConfigPage plugin={plugin} />} />
                  <Route path="*" element={<Home />} />
                </Routes>
              </Chrome>
              <ModalRoot />
              <PortalContainer />
            </ModalsProvider>
          </CompatRouter>
        </Router>
      </LocationServiceProvider>
    </ThemeContext.Provider>
  );
}

const rootProps = { basename: `/a/${plugin_json.id}`, meta, path: '', query: {}, onNavChanged: () => undefined };

function ConfigPage({ plugin }: { readonly plugin: AppPlugin }) {
  const [page] = plugin.configPages ?? [];
  const Body = page?.body as ComponentType<object> | undefined;
  return (
    <PreviewPage pageNav={{ text: plugin_json.name, subTitle: page?.title ?? '' }}>
      {Body ? <Body plugin={{ ...plugin, meta }} query={{}} /> : null}
    </PreviewPage>
  );
}

function Home(): ReactNode {
  useEffect(() => locationService.replace(`/a/${plugin_json.id}/overview`), []);
  return null;
}

function Loader() {
  const [state, setState] = useState<{ plugin?: AppPlugin; error?: string }>({});
  useEffect(() => {
    loadPlugin(`/public/plugins/${plugin_json.id}/module.js`).then(
      (module) => setState({ plugin: Object.assign((module as { plugin: AppPlugin }).plugin, { meta }) }),
      (error: unknown) => setState({ error: String(error) }),
    );
  }, []);
  if (state.error) return <pre style={{ padding: 16 }}>{state.error}</pre>;
  return state.plugin ? <Host plugin={state.plugin} /> : null;
}

await initializeI18n({ language: 'en-US' } as never, 'en-US');
prepareVariant();
lendServices();
createRoot(document.getElementById('reactRoot') as HTMLElement).render(<Loader />);
