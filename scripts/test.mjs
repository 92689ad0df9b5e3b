// Everything that must be green, in one run: system packages, build, checks, unit and integration tests, browser tests.
// Ends with one plain line `N passed, N failed` over all suites.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const results = 'test-results';
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const total = { passed: 0, failed: 0, skipped: 0 };
const broken = [];

function run(title, command, args, env = {}) {
  const started_at = Date.now();
  console.log(`\n── ${title}: ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  console.log(
    `── ${title}: ${status === 0 ? 'ok' : `FAILED (exit ${status})`} after ${Math.round((Date.now() - started_at) / 1000)} s`,
  );
  return status === 0;
}

function must(title, command, args) {
  if (run(title, command, args)) return;
  console.error(`${title} failed: the rest cannot run`);
  console.log(`\n${total.passed} passed, ${total.failed + 1} failed`);
  process.exit(1);
}

/** A suite that ran but left no result file has failed, whatever its exit code. */
function suite(title, command, args, file, count, env) {
  const is_ok = run(title, command, args, env);
  if (!existsSync(file)) {
    broken.push(`${title} left no results`);
    return;
  }
  const counted = count(JSON.parse(readFileSync(file, 'utf8')));
  total.passed += counted.passed;
  total.failed += counted.failed;
  total.skipped += counted.skipped;
  if (counted.passed + counted.skipped === 0) broken.push(`${title} ran no test`);
  if (!is_ok && counted.failed === 0) broken.push(`${title} failed outside its tests`);
}

const ofJest = (report) => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
  skipped: report.numPendingTests,
});
const ofPlaywright = ({ stats }) => ({
  passed: stats.expected + stats.flaky,
  failed: stats.unexpected,
  skipped: stats.skipped,
});

const jest_env = { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' };
const jest = (file) => ['jest', '--json', `--outputFile=${file}`];

must('system packages', 'scripts/install-system-packages.sh', ['test']);
must('build', 'npm', ['run', 'build']);
must('pages', 'npm', ['run', 'build', '-w', 'plugin']);
must('preview host', 'npm', ['run', 'build:host', '-w', 'plugin']);
must('check', 'npm', ['run', 'check']);
const acceptance = 'server/dist/acceptance';
const faults = 'dist/testing/faults';
suite(
  'tests',
  'npx',
  [...jest(`${results}/jest.json`), '--testPathIgnorePatterns', acceptance, faults],
  `${results}/jest.json`,
  ofJest,
  jest_env,
);
// Alone on the machine: its load must not share the two cores with other suites.
suite(
  'acceptance',
  'npx',
  [...jest(`${results}/acceptance.json`), acceptance],
  `${results}/acceptance.json`,
  ofJest,
  jest_env,
);
// Kills brokers, sinks, collectors and stores; most of its time it waits. Skipped, and saying so, without Java or Maven.
suite('faults', 'npx', [...jest(`${results}/faults.json`), faults], `${results}/faults.json`, ofJest, jest_env);
suite(
  'plugin tests',
  'npm',
  ['run', 'test:ci', '-w', 'plugin', '--', '--json', `--outputFile=../${results}/plugin.json`],
  `${results}/plugin.json`,
  ofJest,
);
suite('browser tests', 'npm', ['run', 'e2e'], `${results}/e2e.json`, ofPlaywright);

if (total.skipped > 0) console.log(`\nskipped: ${total.skipped} (each says why)`);
for (const reason of broken) console.error(reason);
total.failed += broken.length;
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
