import type { CollectionGapKind } from '@plumbline/contracts/pattern-views';
import { InteractiveTable, type Column } from '@grafana/ui';
import { fromUtc } from '@plumbline/contracts/time';
import { formatSeconds } from '../format/formatDuration';
import { Plain } from '../parts/Plain';
import { When } from '../parts/When';
import type { Gap } from './mergeGaps';

export const gap_names: Readonly<Record<CollectionGapKind, string>> = {
  not_collected: 'Not collected',
  counter_reset: 'Statistics reset',
  eviction: 'Statements evicted',
  restart: 'Restart',
  crash: 'Crash',
};

/** What a gap costs the figures. */
const meanings: Readonly<Record<CollectionGapKind, string>> = {
  not_collected: 'Counters make up for it in one long window; single runs may be lost.',
  counter_reset: 'What ran between the last reading and the reset is lost.',
  eviction: 'The server dropped statements: sums are a lower bound.',
  restart: 'What ran between the last reading and the restart may be lost.',
  crash: 'What ran between the last reading and the crash is lost.',
};

const lengthOf = ({ began_at, ended_at }: Gap): number =>
  (fromUtc(ended_at).getTime() - fromUtc(began_at).getTime()) / 1000;

const columns: Column<Gap>[] = [
  {
    id: 'gap_kind',
    header: 'Gap',
    cell: ({ row: { original: gap } }) => <Plain>{gap_names[gap.gap_kind] ?? gap.gap_kind}</Plain>,
  },
  { id: 'object_name', header: 'Of', cell: ({ row: { original: gap } }) => gap.object_name || '–' },
  { id: 'began_at', header: 'After', cell: ({ row: { original: gap } }) => <When at={gap.began_at} is_exact /> },
  { id: 'ended_at', header: 'Until', cell: ({ row: { original: gap } }) => <When at={gap.ended_at} is_exact /> },
  {
    id: 'length',
    header: 'Lasts',
    cell: ({ row: { original: gap } }) => <Plain>{formatSeconds(lengthOf(gap))}</Plain>,
  },
  { id: 'meaning', header: 'What it means', cell: ({ row: { original: gap } }) => meanings[gap.gap_kind] ?? '' },
];

/** The gaps of a span, newest first. */
export function GapList({ gaps }: { readonly gaps: readonly Gap[] }) {
  if (gaps.length === 0) return null;
  return (
    <InteractiveTable
      columns={columns}
      data={[...gaps].reverse()}
      getRowId={(gap) => `${gap.gap_kind} ${gap.object_name} ${gap.began_at}`}
      pageSize={5}
    />
  );
}
