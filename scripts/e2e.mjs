// `npm run e2e`: starts the program as the README does (the demo), does what its terminal asks (makes the recommended
// index by hand), waits for the verdict, and then runs the browser tests on what is in its store: real rows only.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';

const finding_limit_s = 300;
const verdict_limit_s = 240;
const folder = mkdtempSync(join(tmpdir(), 'plumbline-e2e-'));
const results = resolve('test-results');
mkdirSync(results, { recursive: true });

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
let output = '';

function startDemo() {
  const ports = { PLUMBLINE_API_PORT: '0', PLUMBLINE_CLICKHOUSE_ENDPOINT_PORT: '0', PLUMBLINE_PREVIEW_PORT: '0' };
  const child = spawn(process.execPath, [resolve('server/bin/plumbline.js'), 'start'], {
    cwd: folder,
    env: { ...process.env, ...ports, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
  }
  return child;
}

async function inOutput(child, pattern, limit_s, what) {
  for (const until = Date.now() + limit_s * 1000; Date.now() < until; await pause(0.5)) {
    const found = pattern.exec(output);
    if (found !== null) return found;
    if (child.exitCode !== null) throw new Error(`the program ended with ${child.exitCode}`);
  }
  throw new Error(`${what} was not there after ${limit_s} s`);
}

async function applyByHand(url, ddl) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(ddl);
  await client.end();
  console.log(`Made by hand: ${ddl}`);
}

async function untilVerdict(api_url, token) {
  for (const until = Date.now() + verdict_limit_s * 1000; Date.now() < until; await pause(2)) {
    const path = '/api/v1/views/recommendations_latest?instance_id=&state=applied';
    const response = await fetch(`${api_url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    const { rows } = await response.json();
    const verdict = rows.map((row) => row.verdict).find((text) => text !== '' && text !== 'measuring');
    if (verdict !== undefined) return verdict;
  }
  throw new Error(`no verdict within ${verdict_limit_s} s`);
}

async function main() {
  const started_at = Date.now();
  const demo = startDemo();
  try {
    const [, url, ddl] = await inOutput(
      demo,
      /psql "(postgresql:[^"]+)" -c '([^']+)'/,
      finding_limit_s,
      'the recommendation',
    );
    console.log(`Regression and recommendation ${Math.round((Date.now() - started_at) / 1000)} s after the start`);
    const [, clickhouse_url] = await inOutput(demo, /ClickHouse HTTP\s+(http:\S+)/, 5, 'the ClickHouse address');
    const data_directory = join(folder, 'plumbline-demo');
    const { api_url } = JSON.parse(readFileSync(join(data_directory, 'server.json'), 'utf8'));
    const { operator, admin } = JSON.parse(readFileSync(join(data_directory, 'tokens.json'), 'utf8'));
    await pause(30); // the slow state needs windows of its own to be compared with
    await applyByHand(url, ddl);
    console.log(`Verdict: ${await untilVerdict(api_url, operator)}`);
    const env = {
      ...process.env,
      PLUMBLINE_API_URL: api_url,
      PLUMBLINE_CLICKHOUSE_URL: clickhouse_url,
      PLUMBLINE_API_TOKEN: admin,
      PLUMBLINE_E2E_JSON: join(results, 'e2e.json'),
    };
    return spawnSync('npm', ['run', 'e2e', '-w', 'plugin'], { stdio: 'inherit', env }).status ?? 1;
  } finally {
    demo.kill('SIGTERM');
    await new Promise((done) => (demo.exitCode === null ? demo.once('exit', done) : done()));
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  (status) => process.exit(status),
  (error) => {
    console.error(`e2e: ${error.message}`);
    process.exit(1);
  },
);
