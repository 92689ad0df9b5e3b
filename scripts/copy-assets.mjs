// tsc copies no .sql or .yml: put them beside the compiled modules, and remove what no longer has a source.
import { cpSync, existsSync, readdirSync, rmSync, statSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const packages = [
  'contracts',
  'sql',
  'engines',
  'clickhouse',
  'collector',
  'analytics',
  'server',
  'provisioning',
  'bench',
];
const asset = /\.(sql|yml|yaml|json|txt|md)$/;
const left_out = new Set(['dist', 'node_modules', 'results', 'generated']);

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!left_out.has(entry.name)) yield* files(path);
    } else yield path;
  }
}

for (const name of packages) {
  for (const path of files(name)) {
    if (!asset.test(path) || /(^|\/)(package|tsconfig)\.json$/.test(path)) continue;
    const target = join(name, 'dist', relative(name, path));
    if (existsSync(target) && statSync(target).mtimeMs >= statSync(path).mtimeMs) continue;
    mkdirSync(dirname(target), { recursive: true });
    cpSync(path, target);
  }
  const dist = join(name, 'dist');
  if (!existsSync(dist)) continue;
  for (const path of files(dist)) {
    const compiled = /^(.*?)(\.d)?\.(ts|js)(\.map)?$/.exec(relative(dist, path));
    if (compiled && !existsSync(join(name, `${compiled[1]}.ts`)) && !path.endsWith('.tsbuildinfo')) rmSync(path);
    else if (asset.test(path) && !existsSync(join(name, relative(dist, path)))) rmSync(path);
  }
}
