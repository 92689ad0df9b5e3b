import { expect, it } from '@jest/globals';
import { historyOfRuns, historyPage, jobOf, slowestRuns, type History } from './collect/history.js';
import { history_columns, type HistoryVersion } from './testing/history-tables.js';

const history = (version: HistoryVersion, key: History['key']): History => ({
  table: {
    name: version === 'cloud_history' ? 'sys.project.history.jobs' : 'sys.jobs_recent',
    overlap_s: 120,
    rest_s: 0,
  },
  columns: new Set(Object.keys(history_columns[version])),
  key,
});
const software = history('recent_24', { column: 'submitted_epoch_millis', kind: 'millis' });
const cloud = history('cloud_history', { column: 'submitted_epoch', kind: 'nanos' });
const where = (sql: string): string => sql.slice(sql.indexOf(' FROM '));

// Dremio pushes only `=`, `>`, AND, OR and plain literals down to its job store (contract sheet, section 3).
it.each([
  [
    'a sweep of Software begins at a time',
    historyPage(software, 1_713_968_783_000, 5_000),
    ' FROM sys.jobs_recent WHERE "submitted_epoch_millis" > 1713968782999 ORDER BY "submitted_epoch_millis", job_id LIMIT 5000',
  ],
  [
    'and goes on after a row, whatever its id',
    historyPage(software, { submitted_ms: 1, submitted_key: '1713968783000', job_id: `it's` }, 10),
    ' FROM sys.jobs_recent WHERE "submitted_epoch_millis" > 1713968782999 AND ' +
      `("submitted_epoch_millis" > 1713968783000 OR job_id > 'it''s') ORDER BY "submitted_epoch_millis", job_id LIMIT 10`,
  ],
  [
    'Cloud counts nanoseconds, beyond what a JSON number holds',
    historyPage(cloud, { submitted_ms: 1, submitted_key: '1673994628723000001', job_id: 'a' }, 10),
    ' FROM sys.project.history.jobs WHERE "submitted_epoch" > 1673994628723000000 AND ' +
      `("submitted_epoch" > 1673994628723000001 OR job_id > 'a') ORDER BY "submitted_epoch", job_id LIMIT 10`,
  ],
  [
    'a table with nothing but times is paged by them',
    historyPage(history('recent_24', { column: 'submitted_ts', kind: 'text' }), 1_713_968_783_000, 10),
    ` FROM sys.jobs_recent WHERE "submitted_ts" > TIMESTAMP '2024-04-24 14:26:22.999' ORDER BY "submitted_ts", job_id LIMIT 10`,
  ],
  [
    'single runs are found by their ids',
    historyOfRuns(software, ['a', 'b']),
    ` FROM sys.jobs_recent WHERE job_id = 'a' OR job_id = 'b'`,
  ],
  [
    'the slowest that ended since, however long ago they began',
    slowestRuns(cloud, 1_673_994_628_723, 50),
    ` FROM sys.project.history.jobs WHERE "submitted_epoch" > 1673908228723000000 AND status = 'COMPLETED' ` +
      'AND "final_state_epoch" > 1673994628723000000 ORDER BY "final_state_epoch" - "submitted_epoch" DESC LIMIT 50',
  ],
])('%s', (_title, sql, wanted) => {
  expect(where(sql)).toBe(wanted);
});

it('only columns that the server has are asked for, numbers as text', () => {
  const sql = historyPage(software, 0, 1);
  expect(sql).toContain('CAST("rows_scanned" AS VARCHAR) AS "rows_scanned"');
  expect(sql).toContain('SUBSTR("query", 1, 32768) AS "query"');
  expect(sql).not.toMatch(/execution_cpu_time|memory_allocated|query_chunks/);
});

it.each([
  ['no id', { submitted_epoch_millis: '1713968783000' }],
  ['no time', { job_id: 'a' }],
  ['a time of 1970', { job_id: 'a', submitted_epoch_millis: '0' }],
  ['a time that the store cannot hold', { job_id: 'a', submitted_epoch_millis: '99999999999999999' }],
])('a row with %s is no job', (_title, fields) => {
  expect(jobOf(software, fields)).toBeUndefined();
});
