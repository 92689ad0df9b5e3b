// Every path that a document names must exist: a tour that leads nowhere is worse than none.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const documents = [
  'README.md',
  'docs/tour.md',
  ...readdirSync('docs/decisions').map((name) => `docs/decisions/${name}`),
];
const top = new Set(readdirSync('.'));
const problems = [];
for (const document of documents) {
  const text = readFileSync(document, 'utf8');
  const quoted = [...text.matchAll(/`([\w@./-]+\/[\w@./-]+)`/g)].map(([, path]) => path);
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, path]) => path);
  for (const path of [...quoted.filter((name) => top.has(name.split('/')[0])), ...linked]) {
    if (!existsSync(path)) problems.push(`${document}: ${path} does not exist`);
  }
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`check-docs: every path in ${documents.length} documents exists`);
