import { expect, it } from '@jest/globals';
import type { WorkloadAnswer } from '@plumbline/contracts';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { workloadFile } from './workload-export.js';

const workload: WorkloadAnswer = {
  ...{ instance_id: 'shop\n; DROP TABLE t', from: '2026-11-20 00:00:00.000', until: '2026-11-21 00:00:00.000' },
  ...{ of_queries: 40, influence: 'all_pairs', cost_share: 0.985, calls_share: 0.9, column_share: 1 },
  queries: [
    {
      ...{ query_hash: 'aaaaaaaaaaaaaaaa', database_name: 'sho\np', template: 'SELECT a FROM t WHERE b = $1;' },
      ...{ weight: 0.75, total_time_us: 9_007_199_254_740_000, calls: 12, stands_for: 30 },
    },
    {
      ...{ query_hash: 'bbbbbbbbbbbbbbbb', database_name: 'shop', template: 'SELECT 2' },
      ...{ weight: 0.235, total_time_us: 1, calls: 1, stands_for: 1 },
    },
  ],
};

it('as SQL is one statement each, under a comment with its weight that no name can end', () => {
  expect(workloadFile(workload, 'sql').toString().split('\n')).toEqual([
    '-- Workload of shop ; DROP TABLE t, 2026-11-20 00:00:00.000 to 2026-11-21 00:00:00.000 UTC',
    '-- 2 of 40 queries; they stand for 98.5 % of the time and 90.0 % of the calls',
    '-- weight: share of the time that the statement stands for; placeholders stand for literals',
    '',
    '-- weight 0.750000, calls 12, stands for 30 queries, query_hash aaaaaaaaaaaaaaaa, database sho p',
    'SELECT a FROM t WHERE b = $1;',
    '',
    '-- weight 0.235000, calls 1, stands for 1 queries, query_hash bbbbbbbbbbbbbbbb, database shop',
    'SELECT 2;',
    '',
  ]);
});

it('as JSON is the answer itself', () => {
  expect(JSON.parse(workloadFile(workload, 'json').toString())).toEqual(workload);
});

it('as Parquet is read back as it was, with its version', async () => {
  const bytes = workloadFile(workload, 'parquet') as Buffer;
  const file = new Uint8Array(bytes).buffer;
  const metadata = parquetMetadata(file);
  expect(metadata.key_value_metadata).toContainEqual({ key: 'plumbline.workload.version', value: '1' });
  const { instance_id } = workload;
  expect(await parquetReadObjects({ file })).toEqual(workload.queries.map((query) => ({ instance_id, ...query })));
});
