import type { MeasuredColumn } from '@plumbline/contracts';

const call = /\b(sum|count|min|max|avg)\s*\(\s*([^()]*)\s*\)/gi;
const any_aggregate =
  /\b(sum|count|min|max|avg|stddev\w*|var\w*|median|listagg|array_agg|approx_\w+|ndv|percentile_\w+)\s*\(/gi;
const plain_column = /^(?:"?\w+"?\.)*"?(\w+)"?$/;

/** An average is kept as what it is made of. */
const kept: Readonly<Record<string, MeasuredColumn['functions']>> = {
  sum: ['sum'],
  count: ['count'],
  min: ['min'],
  max: ['max'],
  avg: ['sum', 'count'],
};

/**
 * What a template folds, if it folds nothing but plain columns by functions that a stored aggregate can keep: `count(*)`
 * needs no measure. Undefined for anything else: DISTINCT, expressions, medians.
 */
export function simpleMeasures(template: string): readonly MeasuredColumn[] | undefined {
  const calls = [...template.matchAll(call)];
  if (calls.length === 0 || calls.length !== [...template.matchAll(any_aggregate)].length) return undefined;
  const measures = new Map<string, Set<MeasuredColumn['functions'][number]>>();
  for (const [, name = '', argument = ''] of calls) {
    if (argument.trim() === '*') continue;
    const [, column] = plain_column.exec(argument.trim()) ?? [];
    if (column === undefined) return undefined;
    const functions = measures.get(column) ?? new Set();
    for (const one of kept[name.toLowerCase()] ?? []) functions.add(one);
    measures.set(column, functions);
  }
  return [...measures].map(([column, functions]) => ({ column, functions: [...functions].sort() }));
}
