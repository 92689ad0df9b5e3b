/** Statements per second through the normalizer, per dialect, hash included. One thread, code warm. */
import { readFileSync } from 'node:fs';
import { dialects } from '@plumbline/contracts';
import type { Dialect } from '@plumbline/contracts';
import { normalize } from '@plumbline/sql';
import type { Benchmark, Figure } from '../figure.js';

const target_per_s = 150_000;
const measured_s = 3;
/** A collector runs for days: the seconds in which V8 still compiles, on threads whose time counts too, tell nothing. */
const warm_up_s = 2;

/** The corpus of the normalizer's own tests: statements end with a semicolon at the end of a line. */
function corpus(dialect: Dialect): readonly string[] {
  const file = new URL(`../../../sql/testdata/corpus/${dialect}.sql`, import.meta.url);
  const statements = readFileSync(file, 'utf8')
    .split(/;\s*\n/)
    .filter((text) => text.trim() !== '');
  if (statements.length < 10) throw new Error(`${file.pathname} holds only ${statements.length} statements`);
  return statements;
}

function measure(dialect: Dialect): Figure {
  const statements = corpus(dialect);
  normalizeFor(warm_up_s, statements, dialect);
  const started_at = process.cpuUsage();
  const done = normalizeFor(measured_s, statements, dialect);
  const used = process.cpuUsage(started_at);
  const per_s = done / ((used.user + used.system) / 1e6);
  const mean_bytes = statements.reduce((sum, text) => sum + text.length, 0) / statements.length;
  return {
    figure: `${dialect}: statements normalized per CPU-second (${mean_bytes.toFixed(0)} characters on average)`,
    measured: `${Math.round(per_s / 1000)} k/s`,
    target: `≥ ${target_per_s / 1000} k/s`,
    is_met: per_s >= target_per_s,
  };
}

/** Round after round over the corpus; gives the number of statements done. */
function normalizeFor(seconds: number, statements: readonly string[], dialect: Dialect): number {
  const until = performance.now() + seconds * 1000;
  let done = 0;
  while (performance.now() < until) {
    for (const statement of statements) normalize(statement, dialect);
    done += statements.length;
  }
  return done;
}

const benchmark: Benchmark = {
  name: 'normalize',
  summary: 'templates normalized per second, per dialect',
  run: (say) =>
    Promise.resolve(
      dialects.map((dialect) => {
        say(dialect);
        return measure(dialect);
      }),
    ),
};
export default benchmark;
