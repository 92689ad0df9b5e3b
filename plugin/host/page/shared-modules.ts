import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import i18next from 'i18next';
import lodash from 'lodash';
import moment from 'moment';
import * as react from 'react';
import * as jsxRuntime from 'react/jsx-runtime';
import * as jsxDevRuntime from 'react/jsx-dev-runtime';
import * as reactDom from 'react-dom';
import * as reactRouter from 'react-router-dom-v5-compat';
import * as rxjs from 'rxjs';

/** What Grafana lends a plugin at run time; a plugin that asks for more would not run here, and the name is told. */
const shared: Readonly<Record<string, unknown>> = {
  '@emotion/css': emotionCss,
  '@emotion/react': emotionReact,
  '@grafana/data': grafanaData,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/ui': grafanaUi,
  i18next,
  lodash,
  moment,
  react,
  'react/jsx-runtime': jsxRuntime,
  'react/jsx-dev-runtime': jsxDevRuntime,
  'react-dom': reactDom,
  'react-router': reactRouter,
  rxjs,
};

type Factory = (...lent: readonly unknown[]) => unknown;

/** Loads the plugin's AMD bundle as it was built for Grafana. */
export async function loadPlugin(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const define = (...args: readonly unknown[]) => {
      const factory = args[args.length - 1] as Factory;
      const names = (args.find(Array.isArray) ?? []) as readonly string[];
      try {
        resolve(factory(...names.map((name) => lend(name, url))));
      } catch (error) {
        reject(error);
      }
    };
    (window as unknown as { define: unknown }).define = Object.assign(define, { amd: {} });
    const script = document.createElement('script');
    script.src = url;
    script.onerror = () => reject(new Error(`${url} could not be loaded: npm run build -w plugin`));
    document.head.append(script);
  });
}

function lend(name: string, url: string): unknown {
  if (name === 'module') return { uri: new URL(url, window.location.href).href };
  if (!(name in shared)) throw new Error(`the plugin asks for "${name}", which the preview host does not lend`);
  return shared[name];
}
