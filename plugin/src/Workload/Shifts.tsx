import type { ViewRow } from '@plumbline/contracts';
import { Badge, Stack, Text } from '@grafana/ui';
import { significant } from '../format/formatDuration';
import { formatRatio, formatShare } from '../format/formatRatio';
import { Nothing } from '../page/Nothing';
import { hourName } from './hourNames';

type Row = ViewRow<'workload_shifts'>;

const verdicts = {
  moved: ['orange', 'Moved'],
  steady: ['green', 'Steady'],
  unknown: ['darkgrey', 'Too early'],
} as const;

/** What the week did against the weeks before it. */
export function Shifts({ rows }: { readonly rows: readonly Row[] }) {
  if (rows.length === 0)
    return (
      <Nothing title="Nothing to compare with yet">
        Shifts are told against the same hours of the weeks before; the first week has none.
      </Nothing>
    );
  return (
    <Stack direction="column" gap={1}>
      {rows.map((row) => {
        const [color, text] = verdicts[row.verdict] ?? verdicts.unknown;
        return (
          <div key={row.shift_kind} data-testid={`shift ${row.shift_kind}`}>
            <Badge color={color} text={text} /> {sentenceOf(row)} <Text color="secondary">{usualOf(row)}</Text>
          </div>
        );
      })}
    </Stack>
  );
}

function sentenceOf({ shift_kind, value_before, value_now, moved_by }: Row): string {
  switch (shift_kind) {
    case 'level':
      return `Load ${significant(value_now)} against ${significant(value_before)} before (${formatRatio(value_now / value_before)}).`;
    case 'profile':
      return `${formatShare(moved_by)} of the load lies in other hours; the busiest is ${hourName(value_now)}, it was ${hourName(value_before)} (UTC).`;
    case 'write_share':
      return `${formatShare(value_now)} of the calls write, before it were ${formatShare(value_before)}.`;
    default:
      return `${String(shift_kind)}: ${significant(value_now)}, before ${significant(value_before)}.`;
  }
}

function usualOf({ shift_kind, usual_move, least_move, compared_hours, weeks_before, verdict }: Row): string {
  const weeks = weeks_before === 1 ? 'the week before' : `${weeks_before} weeks before`;
  if (verdict === 'unknown') return `Only ${compared_hours} hours of the week are known here and in ${weeks}.`;
  const format = shift_kind === 'level' ? formatRatio : formatShare;
  const usual = usual_move === null ? '' : `, and more than ${format(usual_move)}, the farthest week before`;
  return `Worth a word from ${format(least_move)} on${usual}; ${compared_hours} hours compared with ${weeks}.`;
}
