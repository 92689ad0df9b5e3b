/** One row of a benchmark's table. `is_met` is null where there is no target: the figure is for the reader. */
export interface Figure {
  readonly figure: string;
  readonly measured: string;
  readonly target: string;
  readonly is_met: boolean | null;
}

export interface RunOptions {
  /** For those that watch something for a time; each has its own default. */
  readonly minutes: number | undefined;
}

/** One file under bench/benchmarks, default export. Figures are ratios within one run wherever a machine matters. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  run(say: (line: string) => void, options: RunOptions): Promise<readonly Figure[]>;
}

export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ figure, measured, target, is_met }) => {
    const verdict = is_met === null ? '' : is_met ? 'met' : '**missed**';
    return `| ${figure} | ${measured} | ${target} | ${verdict} |`;
  });
  return ['| figure | measured | target | |', '|---|---|---|---|', ...rows].join('\n');
}

/** The value below which `share` (0 to 1) of the samples lie; nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('a percentile needs at least one sample');
  return value;
}
