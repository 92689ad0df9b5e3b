import { zero_measures, utc, type Batch, type QueryDeltaRow } from '@plumbline/contracts';
import { makeBatch } from '../make-batch.js';

const origin_ms = Date.parse('2026-11-21T06:00:00Z');
export const minute = (number: number): Date => new Date(origin_ms + number * 60_000);

export const deltaRow = (number: number, query: number, calls: bigint): Omit<QueryDeltaRow, 'batch_id'> => ({
  ...zero_measures,
  calls,
  total_time_us: calls * 10n ** 15n,
  instance_id: 'shop',
  query_hash: query.toString(16).padStart(16, '0'),
  window_start: utc(minute(number)),
  window_end: utc(minute(number + 1)),
  database_name: 'shop',
  user_name: 'app',
  native_id: String(query),
  is_nested: 0,
  plan_hash: '',
  min_time_us: null,
  max_time_us: 5,
  bucket_upper_us: [10, 20],
  bucket_calls: [calls, 1n],
  percentile_origin: 'histogram',
  flags: [],
});

/** The batch of one minute: a row per query, `calls` runs each. */
export async function minuteBatch(number: number, queries = 3, calls = 7n): Promise<Batch> {
  const query_deltas = Array.from({ length: queries }, (_, query) => deltaRow(number, query, calls));
  const window = { window_start: minute(number), window_end: minute(number + 1) };
  const batch = await makeBatch({ instance_id: 'shop', aspect: 'statements', ...window, rows: { query_deltas } });
  if (batch === undefined) throw new Error('a batch of no rows');
  return batch;
}

export const stateOf = (value: unknown) => ({ instance_id: 'shop', aspect: 'statements', value });
