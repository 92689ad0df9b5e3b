// Writes provisioning/generated from the typed builders; with --check only says what is stale.
import { generateProvisioning } from '@plumbline/provisioning/generate';

const check_only = process.argv.includes('--check');
const stale = generateProvisioning('provisioning/generated', check_only);
if (check_only && stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}: run npm run gen`);
  process.exit(1);
}
console.log(check_only ? 'gen-provisioning: up to date' : `gen-provisioning: wrote ${stale.length} files`);
