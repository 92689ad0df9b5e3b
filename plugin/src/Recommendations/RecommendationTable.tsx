import { useMemo } from 'react';
import type { ViewRow } from '@plumbline/contracts';
import { InteractiveTable, TextLink, type Column } from '@grafana/ui';
import { recommendationPath } from '../App/paths';
import { formatSeconds } from '../format/formatDuration';
import { useKeptLink } from '../page/useKeptLink';
import { ProofBadge, StateBadge, VerdictBadge } from '../parts/badges';
import { instanceColumn } from '../parts/instanceColumn';
import { severityColumn } from '../parts/severityColumn';
import { When } from '../parts/When';

type Row = ViewRow<'recommendations_latest'>;

export function RecommendationTable({ rows }: { readonly rows: readonly Row[] }) {
  const link = useKeptLink();
  const columns = useMemo<Column<Row>[]>(
    () => [
      severityColumn(),
      {
        id: 'title',
        header: 'What to do',
        cell: ({ row: { original: row } }) => (
          <TextLink href={link(recommendationPath(row.recommendation_id))}>{row.title}</TextLink>
        ),
      },
      {
        id: 'saved_seconds_per_day',
        header: 'Saves per day',
        sortType: 'number',
        cell: ({ row: { original: row } }) =>
          row.saved_seconds_per_day === null ? 'no honest estimate' : formatSeconds(row.saved_seconds_per_day),
      },
      { id: 'proof', header: 'Proof', cell: ({ row: { original: row } }) => <ProofBadge proof={row.proof} /> },
      instanceColumn(),
      {
        id: 'proposed_at',
        header: 'Proposed',
        sortType: 'string',
        cell: ({ row: { original: row } }) => <When at={row.proposed_at} />,
      },
      {
        id: 'state',
        header: 'State',
        cell: ({ row: { original: row } }) => (
          <>
            <StateBadge state={row.state} /> <VerdictBadge verdict={row.verdict} />
          </>
        ),
      },
    ],
    [link],
  );
  return (
    <InteractiveTable columns={columns} data={[...rows]} getRowId={(row) => row.recommendation_id} pageSize={25} />
  );
}
