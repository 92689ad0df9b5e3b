// Must be the first import: Grafana's packages read the boot data while they are loaded.
interface Preview {
  readonly grafana_version: string;
  readonly plugin_json: { readonly id: string; readonly name: string; readonly includes: readonly unknown[] };
  readonly datasource_uid: string;
}
declare global {
  interface Window {
    plumblinePreview: Preview & { readonly settings: { readonly jsonData: object; readonly secureJsonFields: object } };
    grafanaBootData: unknown;
  }
}

const { grafana_version } = window.plumblinePreview;
const theme = new URLSearchParams(window.location.search).get('theme') === 'light' ? 'light' : 'dark';

window.grafanaBootData = {
  user: {
    isSignedIn: true,
    id: 1,
    login: 'preview',
    name: 'Preview',
    email: '',
    orgId: 1,
    orgName: 'Preview',
    orgRole: 'Admin',
    isGrafanaAdmin: true,
    theme,
    lightTheme: theme === 'light',
    timezone: 'browser',
    weekStart: 'browser',
    locale: 'en-US',
    language: 'en-US',
    regionalFormat: 'en-US',
    permissions: {},
    analytics: { identifier: '' },
  },
  navTree: [],
  assets: { light: '', dark: '' },
  settings: {
    appUrl: `${window.location.origin}/`,
    appSubUrl: '',
    buildInfo: { version: grafana_version, commit: '', env: 'production', edition: 'Open Source', hideVersion: false },
    featureToggles: {},
    datasources: {},
    panels: {},
    apps: {},
    bootData: undefined,
    theme2: undefined,
    namespace: 'default',
    licenseInfo: {},
    dateFormats: {
      fullDate: 'YYYY-MM-DD HH:mm:ss',
      interval: {
        millisecond: 'HH:mm:ss.SSS',
        second: 'HH:mm:ss',
        minute: 'HH:mm',
        hour: 'MM/DD HH:mm',
        day: 'MM/DD',
        month: 'YYYY-MM',
        year: 'YYYY',
      },
      useBrowserLocale: false,
      defaultTimezone: 'browser',
      defaultWeekStart: 'browser',
    },
  },
};
(window as unknown as { __grafana_public_path__: string }).__grafana_public_path__ = '/public/';
export {};
