const steps: readonly (readonly [least_us: number, unit: string, us_per_unit: number])[] = [
  [3_600e6, 'h', 3_600e6],
  [60e6, 'min', 60e6],
  [1e6, 's', 1e6],
  [1e3, 'ms', 1e3],
];

/** Microseconds in the unit a person would say: 950 µs, 1.2 ms, 3.4 s, 2.1 min. Never days: "1.85 d per day" confuses. */
export function formatDuration(duration_us: number): string {
  if (!Number.isFinite(duration_us)) return '–';
  if (duration_us === 0) return '0 s';
  const sign = duration_us < 0 ? '−' : '';
  const size = Math.abs(duration_us);
  for (const [least_us, unit, us_per_unit] of steps) {
    if (size >= least_us) return `${sign}${significant(size / us_per_unit)} ${unit}`;
  }
  return `${sign}${significant(size)} µs`;
}

export const formatSeconds = (duration_s: number): string => formatDuration(duration_s * 1e6);

/** Three significant digits without a trailing zero: 1.23, 12.3, 123. */
export const significant = (value: number): string =>
  String(Number(value.toPrecision(value >= 100 ? Math.max(3, Math.ceil(Math.log10(value + 1))) : 3)));
