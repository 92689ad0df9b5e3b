import { useMemo } from 'react';
import type { ViewRow } from '@plumbline/contracts';
import { InteractiveTable, TextLink, type Column } from '@grafana/ui';
import { queryPath } from '../App/paths';
import { formatSeconds } from '../format/formatDuration';
import { formatRatio } from '../format/formatRatio';
import { useKeptLink } from '../page/useKeptLink';
import { instanceColumn } from '../parts/instanceColumn';
import { Plain } from '../parts/Plain';
import { StateBadge } from '../parts/badges';
import { QueryCell } from '../parts/QueryCell';
import { severityColumn } from '../parts/severityColumn';
import { When } from '../parts/When';

type Row = ViewRow<'regressions_latest'>;

export function RegressionTable({ rows }: { readonly rows: readonly Row[] }) {
  const link = useKeptLink();
  const columns = useMemo<Column<Row>[]>(
    () => [
      severityColumn(),
      {
        id: 'cause_sentence',
        header: 'Why and what',
        cell: ({ row: { original: row } }) => (
          <QueryCell template={row.template}>
            <TextLink href={link(queryPath(row.instance_id, row.query_hash), { regression: row.regression_id })}>
              {row.cause_sentence || 'No cause was found'}
            </TextLink>
          </QueryCell>
        ),
      },
      {
        id: 'effect_ratio',
        header: 'Effect',
        sortType: 'number',
        cell: ({ row: { original: row } }) => formatRatio(row.effect_ratio),
      },
      {
        id: 'extra_seconds_per_day',
        header: 'Lost per day',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatSeconds(row.extra_seconds_per_day)}</Plain>,
      },
      {
        id: 'onset_at',
        header: 'Since',
        sortType: 'string',
        cell: ({ row: { original: row } }) => <When at={row.onset_at} />,
      },
      instanceColumn(),
      { id: 'state', header: 'State', cell: ({ row: { original: row } }) => <StateBadge state={row.state} /> },
    ],
    [link],
  );
  return <InteractiveTable columns={columns} data={[...rows]} getRowId={(row) => row.regression_id} pageSize={25} />;
}
