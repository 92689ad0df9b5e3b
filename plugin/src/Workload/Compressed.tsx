import { useMemo, useState } from 'react';
import type { WorkloadAnswer, WorkloadFormat } from '@plumbline/contracts';
import { Button, InteractiveTable, Stack, TextLink, type Column } from '@grafana/ui';
import { queryPath } from '../App/paths';
import type { Query as QueryParams } from '../data/callApi';
import { saveFile } from '../data/saveFile';
import { formatCount } from '../format/formatCount';
import { formatDuration } from '../format/formatDuration';
import { formatShare } from '../format/formatRatio';
import { Nothing } from '../page/Nothing';
import { useKeptLink } from '../page/useKeptLink';
import { Figures } from '../parts/Figures';
import { Plain } from '../parts/Plain';
import { ProblemNote } from '../parts/ProblemNote';
import { QueryCell } from '../parts/QueryCell';

type Kept = WorkloadAnswer['queries'][number];

/** The few queries that stand for the rest, how well they do, and the same as a file. */
export function Compressed({ workload, query }: { readonly workload: WorkloadAnswer; readonly query: QueryParams }) {
  const { instance_id, queries, of_queries, cost_share, calls_share, column_share } = workload;
  if (queries.length === 0)
    return <Nothing title="No query ran in this time">Choose a longer range to see what stands for the rest.</Nothing>;
  return (
    <>
      <Figures
        figures={[
          { label: 'Kept', value: `${queries.length} of ${of_queries}`, hint: 'queries' },
          { label: 'Time they stand for', value: formatShare(cost_share) },
          { label: 'Calls they stand for', value: formatShare(calls_share) },
          { label: 'Columns they use', value: formatShare(column_share), hint: 'of all that an index could serve' },
        ]}
      />
      <KeptTable instance_id={instance_id} rows={queries} />
      <Downloads instance_id={instance_id} query={query} />
    </>
  );
}

function KeptTable({ instance_id, rows }: { readonly instance_id: string; readonly rows: readonly Kept[] }) {
  const link = useKeptLink();
  const columns = useMemo<Column<Kept>[]>(
    () => [
      {
        id: 'template',
        header: 'Query',
        cell: ({ row: { original: row } }) => (
          <QueryCell template={row.template}>
            <span>
              <TextLink href={link(queryPath(instance_id, row.query_hash))}>{row.query_hash}</TextLink>{' '}
              {row.database_name}
            </span>
          </QueryCell>
        ),
      },
      {
        id: 'weight',
        header: 'Weight',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatShare(row.weight)}</Plain>,
      },
      {
        id: 'stands_for',
        header: 'Stands for',
        sortType: 'number',
        cell: ({ row: { original: row } }) => (
          <Plain>
            {row.stands_for} {row.stands_for === 1 ? 'query' : 'queries'}
          </Plain>
        ),
      },
      {
        id: 'calls',
        header: 'Calls',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatCount(row.calls)}</Plain>,
      },
      {
        id: 'total_time_us',
        header: 'Time',
        sortType: 'number',
        cell: ({ row: { original: row } }) => <Plain>{formatDuration(row.total_time_us)}</Plain>,
      },
    ],
    [link, instance_id],
  );
  return (
    <InteractiveTable
      columns={columns}
      data={[...rows]}
      getRowId={(row) => `${row.query_hash} ${row.database_name}`}
      pageSize={10}
    />
  );
}

const labels: Readonly<Record<WorkloadFormat, string>> = { json: 'JSON', sql: 'SQL', parquet: 'Parquet' };
const formats = Object.keys(labels) as WorkloadFormat[];

function Downloads({ instance_id, query }: { readonly instance_id: string; readonly query: QueryParams }) {
  const [error, setError] = useState<unknown>(undefined);
  const save = async (format: WorkloadFormat) => {
    setError(undefined);
    const path = `/instances/${encodeURIComponent(instance_id)}/workload`;
    await saveFile(`workload-${instance_id}.${format}`, { path, query: { ...query, format } }).catch(setError);
  };
  return (
    <Stack direction="column" gap={1}>
      <Stack direction="row" gap={1}>
        {formats.map((format) => (
          <Button key={format} variant="secondary" size="sm" icon="download-alt" onClick={() => void save(format)}>
            {`Download ${labels[format]}`}
          </Button>
        ))}
      </Stack>
      <ProblemNote error={error} />
    </Stack>
  );
}
