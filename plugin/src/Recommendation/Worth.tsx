import type { Recommendation } from '@plumbline/contracts';
import { formatBytes } from '../format/formatBytes';
import { formatSeconds } from '../format/formatDuration';
import { Figures } from '../parts/Figures';

/** What it is expected to save, with its interval, and what it costs. Unknown is said, not shown as zero. */
export function Worth({ advice }: { readonly advice: Recommendation }) {
  const { saved_seconds_per_day: saved, cost_bytes, cost_write_seconds_per_day: writes } = advice;
  return (
    <div style={{ marginTop: 16 }}>
      <Figures
        figures={[
          saved === null
            ? { label: 'Expected to save', value: 'unknown', hint: 'no honest estimate exists' }
            : {
                label: 'Expected to save',
                value: `${formatSeconds(saved.value)}/day`,
                // What may as well cost time is no promise.
                tone: saved.low > 0 ? 'good' : 'plain',
                hint: `80 % sure: ${formatSeconds(saved.low)} to ${formatSeconds(saved.high)}${learnedFrom(advice)}`,
              },
          { label: 'Storage', value: cost_bytes === null ? 'unknown' : formatBytes(cost_bytes) },
          { label: 'Slower writes', value: writes === null ? 'unknown' : `${formatSeconds(writes)}/day` },
          { label: 'Queries it helps', value: advice.query_hashes.length },
        ]}
      />
    </div>
  );
}

function learnedFrom({ expected_time_ratio }: Recommendation): string {
  const outcomes = expected_time_ratio?.outcomes ?? 0;
  if (outcomes === 0) return '; no such advice was measured here yet';
  return `; learned from ${outcomes} measured ${outcomes === 1 ? 'outcome' : 'outcomes'} of such advice`;
}
