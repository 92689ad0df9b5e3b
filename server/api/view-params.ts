import { ProblemError, fromUtc, utc } from '@plumbline/contracts';
import type { Problem } from '@plumbline/contracts';
import { nearest } from '../config/nearest.js';

type Value = string | number;
/** Parameter → ClickHouse type. */
type Params = ReadonlyMap<string, string>;
type Refusal = Pick<Problem, 'message' | 'mend'>;
type Reading = { readonly value: Value } | Refusal;

/** Bounds that keep a request from asking the engine for the impossible; each is told when it is hit. */
const most_points = 11_000;
const number_ranges: Readonly<Record<string, readonly [number, number]>> = {
  step_s: [1, 31_536_000],
  limit: [1, 10_000],
};
// ClickHouse's DateTime64 wraps around outside these years instead of refusing.
const earliest = Date.UTC(1970, 0, 2);
const latest = Date.UTC(2200, 0, 1);

/** The query string as a view's parameters. @throws ProblemError with everything missing, unknown and wrong at once. */
export function viewParams(query: Readonly<Record<string, unknown>>, params: Params): Record<string, Value> {
  const problems: Problem[] = unknownKeys(query, params);
  const values: Record<string, Value> = {};
  for (const [name, type] of params) {
    const reading = read(query[name], name, type);
    if ('value' in reading) values[name] = reading.value;
    else problems.push({ where: 'query', field: name, ...reading });
  }
  if (problems.length === 0) problems.push(...spanProblems(values));
  if (problems.length > 0) throw new ProblemError(problems);
  return values;
}

function unknownKeys(query: Readonly<Record<string, unknown>>, params: Params): Problem[] {
  const names = [...params.keys()];
  return Object.keys(query)
    .filter((key) => !names.includes(key))
    .map((key) => {
      const meant = nearest(key, names);
      const all = names.length === 0 ? 'This view takes none.' : `Use ${names.join(', ')}.`;
      const mend = meant === undefined ? all : `Did you mean "${meant}"?`;
      return { where: 'query', field: key.slice(0, 80), message: 'is not a parameter of this view', mend };
    });
}

function read(given: unknown, name: string, type: string): Reading {
  if (given === undefined) return { message: 'is missing', mend: mendOf(name, type) };
  if (typeof given !== 'string') return { message: 'is given more than once', mend: 'Give it once.' };
  if (type.startsWith('DateTime')) return readTime(given);
  if (/^(U?Int|Float)\d+$/.test(type)) return readNumber(given, name, type);
  // A NUL ends a string inside the engine's own interface: it would ask something else than was written.
  if (given.includes('\u0000')) return { message: 'holds a NUL character', mend: 'Remove it.' };
  if (given.length > 1_000) return { message: 'is too long', mend: 'Use at most 1000 characters.' };
  return { value: given };
}

const mend_time = 'Write UTC like 2026-11-21T06:26:50Z.';

function readTime(text: string): Reading {
  try {
    const at = fromUtc(text.trim());
    if (at.getTime() >= earliest && at.getTime() <= latest) return { value: utc(at) };
    return { message: 'is outside the years 1970 to 2199', mend: mend_time };
  } catch {
    return { message: 'is not a time', mend: mend_time };
  }
}

function readNumber(text: string, name: string, type: string): Reading {
  const value = Number(text);
  const is_whole = /Int/.test(type);
  const [least, most] = number_ranges[name] ?? [type.startsWith('UInt') ? 0 : -2_147_483_648, 2_147_483_647];
  const is_good = text.trim() !== '' && Number.isFinite(value) && (!is_whole || Number.isInteger(value));
  if (is_good && value >= least && value <= most) return { value };
  return {
    message: is_good ? `is not between ${least} and ${most}` : `is not a ${is_whole ? 'whole ' : ''}number`,
    mend: `Use a ${is_whole ? 'whole ' : ''}number from ${least} to ${most}.`,
  };
}

function mendOf(name: string, type: string): string {
  if (type.startsWith('DateTime')) return mend_time;
  if (name === 'instance_id' || name === 'state') return `Write ${name}=…; leave it empty (${name}=) for all.`;
  return `Write ${name}=….`;
}

function spanProblems({ from, to, step_s }: Readonly<Record<string, Value>>): Problem[] {
  if (typeof from !== 'string' || typeof to !== 'string') return [];
  const span_s = (fromUtc(to).getTime() - fromUtc(from).getTime()) / 1000;
  if (span_s <= 0)
    return [{ where: 'query', field: 'to', message: 'is not after `from`', mend: 'Swap them, or widen the span.' }];
  if (typeof step_s !== 'number' || span_s / step_s <= most_points) return [];
  const mend = `Use at least ${Math.ceil(span_s / most_points)}, or a shorter span.`;
  return [{ where: 'query', field: 'step_s', message: `gives more than ${most_points} points`, mend }];
}
