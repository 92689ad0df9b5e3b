// docs/capacity.md: what 100, 1,000 and 10,000 instances need, computed from measured unit costs (bench/results);
// --check fails when it is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { capacityPage } from '../bench/dist/capacity/page.js';

const path = 'docs/capacity.md';
const resultsOf = (name) => JSON.parse(readFileSync(`bench/results/${name}.json`, 'utf8'));
const page = await format(capacityPage(resultsOf), { ...(await resolveConfig(path)), parser: 'markdown' });
const is_fresh = existsSync(path) && readFileSync(path, 'utf8') === page;
if (process.argv.includes('--check')) {
  console.log(is_fresh ? `${path} is fresh` : `${path} is stale: npm run gen`);
  process.exit(is_fresh ? 0 : 1);
}
writeFileSync(path, page);
console.log(`${path} written`);
