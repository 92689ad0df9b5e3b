// Every path that a document names must exist: a tour that leads nowhere is worse than none. Every alert must have its
// section in the runbook.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const documents = [
  'README.md',
  'docs/tour.md',
  'docs/runbook.md',
  ...readdirSync('docs/decisions').map((name) => `docs/decisions/${name}`),
];
const top = new Set(readdirSync('.'));
const problems = [];
for (const document of documents) {
  const text = readFileSync(document, 'utf8');
  const quoted = [...text.matchAll(/`([\w@./-]+\/[\w@./-]+)`/g)].map(([, path]) => path);
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, path]) => join(dirname(document), path));
  for (const path of [...quoted.filter((name) => top.has(name.split('/')[0])), ...linked]) {
    if (!existsSync(path)) problems.push(`${document}: ${path} does not exist`);
  }
}
const runbook = readFileSync('docs/runbook.md', 'utf8');
const rules = readFileSync('provisioning/generated/alerting/plumbline.yaml', 'utf8');
for (const [, title, uid] of rules.matchAll(/title: (.+)\n\s+uid: (\S+)/g)) {
  const section = runbook.split(/^### /m).find((text) => text.startsWith(`${title}\n`));
  if (!section?.includes(`\`${uid}\``))
    problems.push(`docs/runbook.md: no section "### ${title}" that names \`${uid}\``);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`check-docs: every path in ${documents.length} documents exists`);
