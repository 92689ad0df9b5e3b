import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { Benchmark } from './figure.js';
import { markdownTable } from './figure.js';

const folder = new URL('./benchmarks/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.js') && !file.endsWith('.test.js'))
  .map((file) => file.slice(0, -'.js'.length));

const { positionals: wanted, values } = parseArgs({
  options: { minutes: { type: 'string' } },
  allowPositionals: true,
  strict: true,
});
const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
const unknown = wanted.filter((name) => !names.includes(name));
if (wanted.length === 0 || unknown.length > 0 || !(minutes === undefined || minutes > 0)) {
  console.error(`usage: npm run bench -- <name>… [--minutes <number>]   names: ${names.join(', ')}`);
  process.exit(2);
}

let is_missed = false;
for (const name of wanted) {
  const benchmark = ((await import(new URL(`${name}.js`, folder).href)) as { default: Benchmark }).default;
  console.log(`${benchmark.name}: ${benchmark.summary}`);
  const figures = await benchmark.run((line) => console.log(`  ${line}`), { minutes });
  console.log(`\n${markdownTable(figures)}\n`);
  mkdirSync('bench/results', { recursive: true });
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const command = `npm run bench -- ${name}${minutes === undefined ? '' : ` --minutes ${minutes}`}`;
  const result = { command, measured_at: new Date().toISOString(), machine, figures };
  writeFileSync(`bench/results/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
  is_missed ||= figures.some((figure) => figure.is_met === false);
}
process.exit(is_missed ? 1 : 0);
