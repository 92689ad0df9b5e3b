// `npm start`: build what is stale, then hand over to `plumbline start` with the same arguments.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const args = process.argv.slice(2);
const is_demo = !args.some((arg) => arg.startsWith('--source') || arg.startsWith('--config'));

function step(title, command, command_args) {
  const started_at = Date.now();
  process.stdout.write(`${title} … `);
  const { status, stdout, stderr } = spawnSync(command, command_args, { encoding: 'utf8', maxBuffer: 64 << 20 });
  if (status !== 0) {
    console.log('failed');
    console.error(stdout + stderr);
    process.exit(1);
  }
  console.log(`${((Date.now() - started_at) / 1000).toFixed(1)} s`);
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}
const isStale = (built, ...folders) =>
  !existsSync(built) || folders.some((folder) => newest(folder) > statSync(built).mtimeMs);

if (is_demo) spawnSync('scripts/install-system-packages.sh', ['demo'], { stdio: 'inherit' });
step('Building Plumbline', 'npm', ['run', 'build']);
if (isStale('plugin/dist/module.js', 'plugin/src', 'contracts'))
  step('Building the pages', 'npm', ['run', 'build', '-w', 'plugin']);
step('Building the preview host', 'npm', ['run', 'build:host', '-w', 'plugin']);

const plumbline = spawn('node', ['server/bin/plumbline.js', 'start', ...args], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => plumbline.kill(signal));
plumbline.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
