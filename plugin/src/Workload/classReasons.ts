import type { ViewRow } from '@plumbline/contracts';
import type { WorkloadClass } from '@plumbline/contracts/pattern-views';
import { formatBytes } from '../format/formatBytes';
import { formatCount } from '../format/formatCount';
import { significant } from '../format/formatDuration';
import { formatShare } from '../format/formatRatio';

export const class_names: Readonly<Record<WorkloadClass, string>> = {
  oltp: 'OLTP',
  olap: 'OLAP',
  mixed: 'Mixed',
  light: 'Light use',
  unknown: 'Unknown',
};

type Row = ViewRow<'workload_pattern'>;
export type Thresholds = ReadonlyMap<string, number>;

/** Why the class is what it is, in sentences: what was measured beside what it was measured against. */
export function classReasons(row: Row, thresholds: Thresholds): readonly string[] {
  const of = (name: string): number => thresholds.get(`pattern_${name}`) ?? Number.NaN;
  if (thresholds.size === 0) return ['The judge has not published its thresholds yet: it does so when it first runs.'];
  if (row.workload_class === 'unknown')
    return [`Load ${significant(row.load)} is below ${of('min_load')}: too little runs to say.`];
  const short = `${formatShare(row.short_time_share)} of the time goes to short statements: at most ${of('short_max_mean_ms')} ms, ${formatCount(of('short_max_rows_per_call'))} rows and ${formatBytes(of('short_max_read_bytes_per_call'))} read per call.`;
  const heavy = `${formatShare(row.heavy_time_share)} goes to heavy ones: ${of('heavy_min_mean_ms')} ms, ${formatCount(of('heavy_min_rows_per_call'))} rows or ${formatBytes(of('heavy_min_read_bytes_per_call'))} and more.`;
  const share = formatShare(of('class_min_share'));
  const calls = `${formatCount(row.calls_per_s)} calls a second`;
  const verdicts: Readonly<Record<Exclude<WorkloadClass, 'unknown'>, string>> = {
    oltp: `From ${share} of short ones on, at ${calls}, it is OLTP.`,
    olap: `From ${share} of heavy ones on it is OLAP.`,
    light: `From ${share} of short ones on it would be OLTP, but ${calls} are fewer than ${of('oltp_min_calls_per_s')}.`,
    mixed: `Neither reaches ${share}, so it is mixed.`,
  };
  return [short, heavy, verdicts[row.workload_class]];
}

/** "12", or which of both alone; "–" where nothing was read or written. */
export function readsPerWrite({ read_calls, write_calls }: Pick<Row, 'read_calls' | 'write_calls'>): string {
  if (read_calls + write_calls === 0) return '–';
  if (write_calls === 0) return 'reads only';
  return read_calls === 0 ? 'writes only' : significant(read_calls / write_calls);
}
