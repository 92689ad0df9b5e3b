import type { ColumnKind } from '@plumbline/contracts';

const most_count = 2n ** 64n - 1n;
const utc_text = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}$/;

type Found = { readonly check_name: 'schema' | 'completeness' | 'range'; readonly problem: string };

const schema = (problem: string): Found => ({ check_name: 'schema', problem });
const range = (problem: string): Found => ({ check_name: 'range', problem });

/** What is wrong with one value of a column, told by kind and never by a text's content; undefined when nothing is. */
export function columnProblem(value: unknown, kind: ColumnKind): Found | undefined {
  const is_nullable = kind.endsWith('?');
  if (value === null && is_nullable) return undefined;
  if (value === undefined) return { check_name: 'completeness', problem: 'is missing' };
  return checks[(is_nullable ? kind.slice(0, -1) : kind) as keyof typeof checks](value);
}

const checks = {
  id: (value: unknown) =>
    typeof value === 'string' && value === ''
      ? ({ check_name: 'completeness', problem: 'is empty' } as const)
      : textProblem(value),
  text: textProblem,
  texts: (value: unknown) => eachProblem(value, textProblem),
  count: countProblem,
  counts: (value: unknown) => eachProblem(value, countProblem),
  whole: (value: unknown) => {
    if (typeof value !== 'number') return schema(`is ${kindOf(value)}, not a number`);
    if (!Number.isSafeInteger(value) || value < 0) return range(`is ${value}, not a whole number from 0`);
    return undefined;
  },
  real: realProblem,
  reals: (value: unknown) => eachProblem(value, realProblem),
  share: (value: unknown) =>
    realProblem(value) ??
    ((value as number) < 0 || (value as number) > 1
      ? range(`is ${String(value)}, not a share from 0 to 1`)
      : undefined),
  flag: (value: unknown) => (value === 0 || value === 1 ? undefined : schema(`is ${kindOf(value)}, not 0 or 1`)),
  time: (value: unknown) => {
    if (typeof value !== 'string') return schema(`is ${kindOf(value)}, not a time`);
    return utc_text.test(value) ? undefined : schema('is a text that is no UTC time');
  },
} as const;

function textProblem(value: unknown): Found | undefined {
  if (typeof value !== 'string') return schema(`is ${kindOf(value)}, not a text`);
  // JSON can carry half a surrogate pair, the store cannot: it would refuse the whole batch.
  return /\p{Surrogate}/u.test(value) ? schema('holds broken UTF-16') : undefined;
}

function countProblem(value: unknown): Found | undefined {
  if (typeof value !== 'bigint') return schema(`is ${kindOf(value)}, not a 64-bit count`);
  if (value < 0n || value > most_count) return range(`is ${value}, not from 0 below 2^64`);
  return undefined;
}

function realProblem(value: unknown): Found | undefined {
  if (typeof value !== 'number') return schema(`is ${kindOf(value)}, not a number`);
  return Number.isFinite(value) ? undefined : range(`is ${value}, not a finite number`);
}

function eachProblem(value: unknown, one: (each: unknown) => Found | undefined): Found | undefined {
  if (!Array.isArray(value)) return schema(`is ${kindOf(value)}, not a list`);
  for (const each of value) {
    const found = one(each);
    if (found) return { ...found, problem: `has an entry that ${found.problem}` };
  }
  return undefined;
}

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value);
