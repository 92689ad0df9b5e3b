import { useMemo } from 'react';
import type { ViewRow } from '@plumbline/contracts';
import { Badge, InteractiveTable, TextLink, Tooltip, type Column } from '@grafana/ui';
import { queryPath } from '../App/paths';
import { formatBytes } from '../format/formatBytes';
import { formatCount } from '../format/formatCount';
import { formatDuration, formatSeconds } from '../format/formatDuration';
import { formatShare } from '../format/formatRatio';
import { percentileLabel } from '../format/percentileLabel';
import { useKeptLink } from '../page/useKeptLink';
import { instanceColumn } from '../parts/instanceColumn';
import { Plain } from '../parts/Plain';
import { QueryCell } from '../parts/QueryCell';

type Row = ViewRow<'query_top'>;

export function QueryTable({ rows }: { readonly rows: readonly Row[] }) {
  const link = useKeptLink();
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'template',
        header: 'Query',
        cell: ({ row: { original: row } }) => (
          <QueryCell template={row.template}>
            <span>
              <TextLink href={link(queryPath(row.instance_id, row.query_hash))}>{row.query_hash}</TextLink>{' '}
              {row.database_name}
              {row.open_regressions > 0 && (
                <>
                  {' '}
                  <Badge color="red" text="worse" />
                </>
              )}
            </span>
          </QueryCell>
        ),
      },
      instanceColumn(),
      {
        id: 'share_of_instance_time',
        header: 'Share',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatShare(row.share_of_instance_time)}</Plain>,
      },
      {
        id: 'total_time_s',
        header: 'Time',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatSeconds(row.total_time_s)}</Plain>,
      },
      {
        id: 'calls',
        header: 'Calls',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatCount(row.calls)}</Plain>,
      },
      {
        id: 'mean_time_us',
        header: 'Mean',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatDuration(row.mean_time_us)}</Plain>,
      },
      {
        id: 'p95_us',
        header: 'p95',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Percentile row={row} />,
      },
      {
        id: 'rows_per_call',
        header: 'Rows/call',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatCount(row.rows_per_call)}</Plain>,
      },
      {
        id: 'logical_read_bytes_per_call',
        header: 'Read/call',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatBytes(row.logical_read_bytes_per_call)}</Plain>,
      },
    ],
    [link],
  );
  return (
    <InteractiveTable
      columns={columns}
      data={[...rows]}
      getRowId={(row) => `${row.instance_id} ${row.query_hash}`}
      pageSize={25}
    />
  );
}

/** A percentile never stands without its origin. */
function Percentile({ row: { p95_us, percentile_origin } }: { readonly row: Row }) {
  return (
    <Tooltip content={percentileLabel('p95', percentile_origin)}>
      <span>
        <Plain>
          {formatDuration(p95_us)} <small>{percentile_origin}</small>
        </Plain>
      </span>
    </Tooltip>
  );
}
