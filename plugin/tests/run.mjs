// `npm run e2e -w plugin`: the specs on both variants, against the server named by PLUMBLINE_API_URL,
// PLUMBLINE_CLICKHOUSE_URL and PLUMBLINE_API_TOKEN, or against the fixture when none is named.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const plugin_folder = fileURLToPath(new URL('..', import.meta.url));
const children = [];

function must(command, args) {
  const { status } = spawnSync(command, args, { cwd: plugin_folder, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

/** Starts a program that prints one JSON line with its url when it is ready. */
function started(args, env = {}) {
  const child = spawn(process.execPath, args, {
    cwd: plugin_folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line).url));
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}`)));
  });
}

async function target() {
  const { PLUMBLINE_API_URL: api, PLUMBLINE_CLICKHOUSE_URL: clickhouse, PLUMBLINE_API_TOKEN: token } = process.env;
  if (api !== undefined) return { api, clickhouse, token: token ?? '' };
  const url = await started(['--import', 'tsx', 'tests/fixture-main.ts']);
  return { api: url, clickhouse: url, token: 'fixture-token' };
}

async function host(variant, { api, clickhouse, token }) {
  const args = ['host/serve.mjs', '--port', '0', '--api-url', api, '--grafana', variant];
  if (clickhouse !== undefined) args.push('--clickhouse-url', clickhouse);
  return new URL(await started(args, { PLUMBLINE_API_TOKEN: token })).origin;
}

async function main() {
  if (!existsSync(`${plugin_folder}/host/grafana-12/node_modules/@grafana/runtime`))
    must('npm', ['ci', '--prefix', 'host/grafana-12']);
  // Always: specs on yesterday's pages prove nothing.
  must('npx', ['tsc', '-b', '../contracts']);
  must('npm', ['run', 'build']);
  for (const variant of ['13.2', '12.4']) must(process.execPath, ['host/build.mjs', '--grafana', variant]);
  const env = { ...process.env };
  for (const variant of ['13.2', '12.4']) {
    // Each variant on its own fixture: what one changes the other must not see.
    const name = variant.replace('.', '_');
    const real = await target();
    env[`PLUMBLINE_HOST_${name}`] = await host(variant, real);
    env[`PLUMBLINE_HOST_DOWN_${name}`] = await host(variant, { api: 'http://127.0.0.1:9', token: '' });
    env[`PLUMBLINE_HOST_TOKEN_${name}`] = await host(variant, { ...real, token: 'not-the-token' });
  }
  const { status } = spawnSync('npx', ['playwright', 'test', '-c', 'playwright.config.cjs', ...process.argv.slice(2)], {
    cwd: plugin_folder,
    stdio: 'inherit',
    env,
  });
  return status ?? 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  for (const child of children) child.kill('SIGTERM');
}
