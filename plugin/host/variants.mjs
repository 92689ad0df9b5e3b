import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const host_folder = dirname(fileURLToPath(import.meta.url));
export const plugin_folder = dirname(host_folder);

/** Where each variant's packages are: 13.2 is what the plugin is built with, 12.4 has a folder of its own. */
const folders = { 13.2: plugin_folder, 12.4: join(host_folder, 'grafana-12') };

export function variantOf(name) {
  const folder = folders[name];
  if (folder === undefined) throw new Error(`--grafana ${name}: choose one of ${Object.keys(folders).join(', ')}`);
  const runtime = packageFolder(folder, '@grafana/runtime');
  if (runtime === undefined) {
    const mend = name === '12.4' ? 'npm ci --prefix plugin/host/grafana-12' : 'npm ci';
    throw new Error(`The packages of Grafana ${name} are not installed: ${mend}`);
  }
  const { version } = JSON.parse(readFileSync(join(runtime, 'package.json'), 'utf8'));
  return { name, folder, version, major: name.split('.')[0], bundle: join(host_folder, 'dist', name) };
}

/** The folder of an installed package as Node finds it from `folder`: there or in a folder above. */
export function packageFolder(folder, name) {
  for (let at = folder; ; at = dirname(at)) {
    const found = join(at, 'node_modules', name);
    if (existsSync(found)) return found;
    if (dirname(at) === at) return undefined;
  }
}
