// Runs every generator (scripts/gen-*.mjs), passing on --check.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

let failed = 0;
for (const name of readdirSync('scripts')
  .filter((file) => /^gen-.*\.mjs$/.test(file))
  .sort()) {
  failed += spawnSync('node', [`scripts/${name}`, ...process.argv.slice(2)], { stdio: 'inherit' }).status === 0 ? 0 : 1;
}
process.exit(failed === 0 ? 0 : 1);
