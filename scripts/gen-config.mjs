// docs/generated/config.md from the configuration's own schema; --check fails when it is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { referencePage } from '../server/dist/config/reference-page.js';

const path = 'docs/generated/config.md';
const page = await format(referencePage(), { ...(await resolveConfig(path)), parser: 'markdown' });
const is_fresh = existsSync(path) && readFileSync(path, 'utf8') === page;
if (process.argv.includes('--check')) {
  console.log(is_fresh ? `${path} is fresh` : `${path} is stale: npm run gen`);
  process.exit(is_fresh ? 0 : 1);
}
mkdirSync('docs/generated', { recursive: true });
writeFileSync(path, page);
console.log(`${path} written`);
