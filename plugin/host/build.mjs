// Bundles the preview host's page with one variant's packages. Skips when nothing it reads has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { host_folder, packageFolder, variantOf } from './variants.mjs';

const { values } = parseArgs({ options: { grafana: { type: 'string', default: '13.2' } } });
const variant = variantOf(values.grafana);
const page_folder = join(host_folder, 'page');
const stamp = join(variant.bundle, 'inputs.sha256');
const packageFile = (name, path) => join(packageFolder(variant.folder, name), path);

/** Parts that Grafana's packages hold but do not export, and that differ between the variants. */
const inner = {
  'plumbline-preview/i18n': packageFile('@grafana/i18n', 'dist/esm/i18n.mjs'),
  'plumbline-preview/plugin-page': packageFile('@grafana/runtime', 'dist/esm/components/PluginPage.mjs'),
  'plumbline-preview/uplot.css': packageFile('uplot', 'dist/uPlot.min.css'),
  'plumbline-preview/variant': join(page_folder, `variant-${variant.major}.ts`),
};

const resolveVariant = {
  name: 'resolve-variant',
  setup(plugin) {
    plugin.onResolve({ filter: /^plumbline-preview\// }, ({ path }) => ({ path: inner[path] }));
    // One moment: two copies disagree about which object is a time.
    plugin.onResolve({ filter: /^moment$/ }, () => ({ path: packageFile('moment', 'moment.js') }));
    // The compat package asks for "react-router-dom" and means version 5.
    plugin.onResolve({ filter: /^react-router-dom(-v5)?$/ }, () => ({
      path: packageFile('react-router-dom-v5', 'esm/react-router-dom.js'),
    }));
    plugin.onResolve({ filter: /^[@a-z]/ }, ({ path, resolveDir, kind, pluginData }) => {
      if (resolveDir !== page_folder || pluginData === 'seen' || kind === 'entry-point') return undefined;
      return plugin.resolve(path, { resolveDir: variant.folder, kind, pluginData: 'seen' });
    });
  },
};

function inputsHash() {
  const hash = createHash('sha256')
    .update(variant.version)
    .update(readFileSync(join(host_folder, 'build.mjs')));
  for (const name of readdirSync(page_folder).sort()) hash.update(name).update(readFileSync(join(page_folder, name)));
  for (const name of ['@grafana/ui', '@grafana/data', '@grafana/runtime', 'react', 'rxjs']) {
    hash.update(readFileSync(packageFile(name, 'package.json')));
  }
  return hash.digest('hex');
}

const wanted = inputsHash();
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
  console.log(`preview host ${variant.name}: up to date`);
} else {
  const started_at = Date.now();
  mkdirSync(variant.bundle, { recursive: true });
  await build({
    entryPoints: { host: join(page_folder, 'start.tsx') },
    outdir: variant.bundle,
    bundle: true,
    format: 'esm',
    splitting: true,
    target: 'es2022',
    minify: true,
    jsx: 'automatic',
    mainFields: ['browser', 'module', 'main'],
    loader: { '.svg': 'text', '.png': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
    // Packages with an AMD branch must take their other one: `define` is for the plugin alone.
    define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', global: 'globalThis', define: 'undefined' },
    plugins: [resolveVariant],
    logLevel: 'error',
  });
  writeFileSync(stamp, wanted);
  console.log(`preview host ${variant.name}: built in ${((Date.now() - started_at) / 1000).toFixed(1)} s`);
}
