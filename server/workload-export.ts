import type { WorkloadAnswer, WorkloadFormat } from '@plumbline/contracts';
import { parquetWriteBuffer } from 'hyparquet-writer';

export const workload_media_types: Readonly<Record<WorkloadFormat, string>> = {
  json: 'application/json; charset=utf-8',
  sql: 'application/sql; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

/** The workload as a file for another tool. */
export function workloadFile(workload: WorkloadAnswer, format: WorkloadFormat): string | Buffer {
  switch (format) {
    case 'json':
      return `${JSON.stringify(workload, null, 2)}\n`;
    case 'sql':
      return sqlFile(workload);
    case 'parquet':
      return parquetFile(workload);
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function sqlFile({ instance_id, from, until, of_queries, cost_share, calls_share, queries }: WorkloadAnswer): string {
  const head = [
    `-- Workload of ${oneLine(instance_id)}, ${from} to ${until} UTC`,
    `-- ${queries.length} of ${of_queries} queries; they stand for ${percent(cost_share)} of the time and ` +
      `${percent(calls_share)} of the calls`,
    '-- weight: share of the time that the statement stands for; placeholders stand for literals',
  ];
  const statements = queries.map(({ query_hash, database_name, weight, calls, stands_for, template }) =>
    [
      '',
      `-- weight ${weight.toFixed(6)}, calls ${calls}, stands for ${stands_for} queries, query_hash ${query_hash}, ` +
        `database ${oneLine(database_name)}`,
      `${template.replace(/;\s*$/, '')};`,
    ].join('\n'),
  );
  return `${[...head, ...statements].join('\n')}\n`;
}

/** A name must not end its comment. */
const oneLine = (name: string): string => name.replace(/[\r\n\u0085\u2028\u2029]/g, ' ');

function parquetFile({ instance_id, from, until, queries }: WorkloadAnswer): Buffer {
  const text = (name: string, of: (query: WorkloadAnswer['queries'][number]) => string) =>
    ({ name, data: queries.map(of), type: 'STRING' }) as const;
  const real = (name: string, of: (query: WorkloadAnswer['queries'][number]) => number) =>
    ({ name, data: queries.map(of), type: 'DOUBLE' }) as const;
  const bytes = parquetWriteBuffer({
    columnData: [
      text('instance_id', () => instance_id),
      text('query_hash', ({ query_hash }) => query_hash),
      text('database_name', ({ database_name }) => database_name),
      text('template', ({ template }) => template),
      real('weight', ({ weight }) => weight),
      real('total_time_us', ({ total_time_us }) => total_time_us),
      real('calls', ({ calls }) => calls),
      real('stands_for', ({ stands_for }) => stands_for),
    ],
    kvMetadata: [
      { key: 'plumbline.workload.version', value: '1' },
      { key: 'plumbline.workload.from', value: from },
      { key: 'plumbline.workload.until', value: until },
    ],
  });
  return Buffer.from(bytes);
}
