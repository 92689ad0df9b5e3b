// `npm run bench -- <name>…`: builds what is stale, then runs the benchmarks with room for chDB's threads.
import { spawnSync } from 'node:child_process';

const built = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
const { status } = spawnSync('node', ['--expose-gc', 'bench/dist/main.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { UV_THREADPOOL_SIZE: '16', ...process.env },
});
process.exit(status ?? 1);
