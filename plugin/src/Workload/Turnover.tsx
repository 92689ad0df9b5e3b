import { useMemo } from 'react';
import type { ViewRow } from '@plumbline/contracts';
import { Badge, InteractiveTable, TextLink, type Column } from '@grafana/ui';
import { queryPath } from '../App/paths';
import { formatCount } from '../format/formatCount';
import { formatSeconds } from '../format/formatDuration';
import { formatShare } from '../format/formatRatio';
import { useKeptLink } from '../page/useKeptLink';
import { Plain } from '../parts/Plain';
import { QueryCell } from '../parts/QueryCell';
import { When } from '../parts/When';

type Row = ViewRow<'query_turnover'>;

/** Queries that came, and queries that stayed away. */
export function Turnover({ rows }: { readonly rows: readonly Row[] }) {
  const link = useKeptLink();
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'change',
        header: 'Change',
        sortType: 'string',
        cell: ({ row: { original: row } }) => (
          <Badge color={row.change === 'new' ? 'blue' : 'darkgrey'} text={row.change === 'new' ? 'New' : 'Vanished'} />
        ),
      },
      {
        id: 'template',
        header: 'Query',
        cell: ({ row: { original: row } }) => (
          <QueryCell template={row.template}>
            <span>
              <TextLink href={link(queryPath(row.instance_id, row.query_hash))}>{row.query_hash}</TextLink>{' '}
              {row.database_name}
            </span>
          </QueryCell>
        ),
      },
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
        id: 'first_seen_at',
        header: 'First seen',
        cell: ({ row: { original: row } }) => <When at={row.first_seen_at} />,
      },
      { id: 'last_seen_at', header: 'Last seen', cell: ({ row: { original: row } }) => <When at={row.last_seen_at} /> },
    ],
    [link],
  );
  return (
    <InteractiveTable
      columns={columns}
      data={[...rows]}
      getRowId={(row) => `${row.change} ${row.query_hash}`}
      pageSize={10}
    />
  );
}
