import { useMemo } from 'react';
import type { ViewRow } from '@plumbline/contracts';
import { Badge, InteractiveTable, TextLink, type Column } from '@grafana/ui';
import { pagePath } from '../App/paths';
import { formatHands } from '../format/formatHands';
import { formatCount } from '../format/formatCount';
import { formatSeconds, significant } from '../format/formatDuration';
import { useKeptLink } from '../page/useKeptLink';
import { Plain } from '../parts/Plain';
import { When } from '../parts/When';

type Row = ViewRow<'fleet'>;

export function FleetTable({ rows }: { readonly rows: readonly Row[] }) {
  const link = useKeptLink();
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'instance_id',
        header: 'Instance',
        sortType: 'alphanumeric',
        cell: ({ row: { original: row } }) => (
          <TextLink href={link(pagePath('queries'), { 'var-instance': row.instance_id })}>{row.instance_id}</TextLink>
        ),
      },
      {
        id: 'engine',
        header: 'Server',
        cell: ({ row: { original: row } }) => `${row.engine_label || row.engine} ${row.server_version}`,
      },
      { id: 'load', header: 'Load', sortType: 'number', cell: ({ row: { original: row } }) => significant(row.load) },
      {
        id: 'calls',
        header: 'Calls',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatCount(row.calls)}</Plain>,
      },
      {
        id: 'total_time_s',
        header: 'Time',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatSeconds(row.total_time_s)}</Plain>,
      },
      {
        id: 'open_regressions',
        header: 'Open regressions',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Count value={row.open_regressions} color="red" />,
      },
      {
        id: 'open_recommendations',
        header: 'Advice',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Count value={row.open_recommendations} color="blue" />,
      },
      {
        id: 'aspects_not_ok',
        header: 'Collection',
        sortType: 'number',
        cell: ({ row: { original: row } }) => (
          <TextLink href={link(pagePath('instances'), { 'var-instance': row.instance_id })}>
            {row.aspects_not_ok === 0 ? 'all well' : formatHands(row.aspects_not_ok)}
          </TextLink>
        ),
      },
      { id: 'last_seen_at', header: 'Last seen', cell: ({ row: { original: row } }) => <When at={row.last_seen_at} /> },
    ],
    [link],
  );
  return <InteractiveTable columns={columns} data={[...rows]} getRowId={(row) => row.instance_id} />;
}

const Count = ({ value, color }: { readonly value: number; readonly color: 'red' | 'blue' }) =>
  value === 0 ? <span>0</span> : <Badge color={color} text={String(value)} />;
