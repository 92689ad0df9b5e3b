import { useMemo } from 'react';
import type { ViewRow } from '@plumbline/contracts';
import { InteractiveTable, TextLink, type Column } from '@grafana/ui';
import { pagePath } from '../App/paths';
import { formatCount } from '../format/formatCount';
import { formatDuration, significant } from '../format/formatDuration';
import { formatShare } from '../format/formatRatio';
import { useKeptLink } from '../page/useKeptLink';
import { Plain } from '../parts/Plain';
import { class_names, readsPerWrite } from './classReasons';

type Row = ViewRow<'workload_pattern'>;

/** Instances or databases side by side; an instance leads to its own workload. */
export function PatternTable({ rows }: { readonly rows: readonly Row[] }) {
  const link = useKeptLink();
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'instance_id',
        header: 'Of',
        sortType: 'string',
        cell: ({ row: { original: row } }) =>
          row.scope === 'database' ? (
            <Plain>{row.database_name || '(no name)'}</Plain>
          ) : (
            <TextLink href={link(pagePath('workload'), { 'var-instance': row.instance_id })}>
              {row.instance_id}
            </TextLink>
          ),
      },
      {
        id: 'workload_class',
        header: 'Kind of work',
        sortType: 'string',
        cell: ({ row: { original: row } }) => class_names[row.workload_class] ?? row.workload_class,
      },
      { id: 'load', header: 'Load', sortType: 'number', cell: ({ row: { original: row } }) => significant(row.load) },
      {
        id: 'calls_per_s',
        header: 'Calls/s',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatCount(row.calls_per_s)}</Plain>,
      },
      {
        id: 'mean_time_us',
        header: 'Mean',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatDuration(row.mean_time_us)}</Plain>,
      },
      {
        id: 'short_time_share',
        header: 'Short',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatShare(row.short_time_share)}</Plain>,
      },
      {
        id: 'heavy_time_share',
        header: 'Heavy',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatShare(row.heavy_time_share)}</Plain>,
      },
      {
        id: 'read_calls',
        header: 'Reads per write',
        cell: ({ row: { original: row } }) => <Plain>{readsPerWrite(row)}</Plain>,
      },
    ],
    [link],
  );
  return (
    <InteractiveTable
      columns={columns}
      data={[...rows]}
      getRowId={(row) => `${row.scope} ${row.instance_id} ${row.database_name}`}
      pageSize={15}
    />
  );
}
