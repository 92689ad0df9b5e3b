// Import direction between packages, and no cycle of value imports anywhere (docs/decisions/0001-house.md).
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve, relative } from 'node:path';
import ts from 'typescript';

const may_import = {
  contracts: [],
  sql: ['contracts'],
  engines: ['contracts', 'sql'],
  clickhouse: ['contracts'],
  collector: ['contracts', 'sql', 'engines', 'clickhouse'],
  analytics: ['contracts', 'sql', 'engines', 'clickhouse'],
  plugin: ['contracts'],
  provisioning: ['contracts', 'clickhouse'],
  server: ['contracts', 'sql', 'engines', 'clickhouse', 'collector', 'analytics'],
  bench: ['contracts', 'sql', 'engines', 'clickhouse', 'collector', 'analytics', 'server'],
};
const left_out = new Set(['node_modules', 'dist', '.config']);
const problems = [];
const graph = new Map();

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (left_out.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(ts|tsx)$/.test(entry.name)) yield path;
  }
}

/** Module names imported for their value; types leave no trace at run time and may point anywhere below. */
function imports(path) {
  const tree = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  return tree.statements
    .filter((node) => (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
    .map((node) => ({
      name: node.moduleSpecifier.text,
      is_type: Boolean(node.importClause?.isTypeOnly ?? node.isTypeOnly),
    }));
}

for (const [name, allowed] of Object.entries(may_import)) {
  for (const path of sources(name)) {
    const edges = [];
    for (const { name: imported, is_type } of imports(path)) {
      const other = /^@plumbline\/([a-z]+)/.exec(imported)?.[1];
      if (other && other !== name && !allowed.includes(other))
        problems.push(`${path}: ${name} must not import ${other}`);
      if (!imported.startsWith('.')) continue;
      const target = resolve(dirname(path), imported);
      if (relative(name, target).startsWith('..'))
        problems.push(`${path}: "${imported}" leaves its package; import @plumbline/…`);
      if (!is_type) edges.push(target.replace(/\.js$/, ''));
    }
    graph.set(resolve(path).replace(/\.tsx?$/, ''), edges);
  }
}

const state = new Map();
function visit(node, trail) {
  if (state.get(node) === 'done' || !graph.has(node)) return;
  if (state.get(node) === 'open') {
    problems.push(
      `cycle: ${[...trail.slice(trail.indexOf(node)), node].map((path) => relative('.', path)).join(' → ')}`,
    );
    return;
  }
  state.set(node, 'open');
  for (const next of graph.get(node)) visit(next, [...trail, node]);
  state.set(node, 'done');
}
for (const node of graph.keys()) visit(node, []);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`check-layers: ${graph.size} files, imports point one way, no cycles`);
