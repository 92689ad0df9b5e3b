import type { ViewRow } from '@plumbline/contracts';
import { Figures } from '../parts/Figures';
import { formatBytes } from '../format/formatBytes';
import { formatCount } from '../format/formatCount';
import { formatDuration, significant } from '../format/formatDuration';
import { formatShare } from '../format/formatRatio';
import { class_names, classReasons, readsPerWrite, type Thresholds } from './classReasons';

/** What kind of work an instance does, with the figures and the reasons. */
export function Kind({
  row,
  thresholds,
}: {
  readonly row: ViewRow<'workload_pattern'>;
  readonly thresholds: Thresholds;
}) {
  const writes = `${formatShare(row.read_time_share)} of the time reads, ${formatShare(row.write_time_share)} writes`;
  return (
    <>
      <Figures
        figures={[
          { label: 'Kind of work', value: class_names[row.workload_class] ?? row.workload_class },
          { label: 'Load', value: significant(row.load), hint: 'statements at once' },
          { label: 'Calls', value: `${formatCount(row.calls_per_s)}/s`, hint: `${formatCount(row.queries)} queries` },
          { label: 'Reads per write', value: readsPerWrite(row), hint: writes },
          {
            label: 'Per call',
            value: formatDuration(row.mean_time_us),
            hint: `${formatCount(row.rows_per_call)} rows, ${formatBytes(row.logical_read_bytes_per_call)} read`,
          },
        ]}
      />
      <ul data-testid="class-reasons" style={{ margin: '0 0 16px 20px' }}>
        {classReasons(row, thresholds).map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </>
  );
}
