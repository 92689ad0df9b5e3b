import { utc, zero_measures, type Batch } from '@plumbline/contracts';
import { makeBatch } from '../../make-batch.js';
import type { Sums } from '../store-sums.js';

/** A source whose every reading is known beforehand: what the store must add up to can be computed. */
export interface EmissionShape {
  readonly rows_per_batch: number;
  /**
   * `made`: minute after minute from yesterday on. `jumping`: the clock is set forward and back, and windows repeat.
   * `real`: every window ends when it is read, so that its age in the store is its age in the world.
   */
  readonly clock: 'made' | 'jumping' | 'real';
}

export const small_emission: EmissionShape = { rows_per_batch: 20, clock: 'made' };
const instances = 6;
const minute_ms = 60_000;
/** Yesterday by the first reading's clock; far from every limit of retention. */
const origin_ms = Math.floor(Date.now() / 86_400_000 - 1) * 86_400_000;

const callsOf = (number: number, row: number): bigint => BigInt(1 + ((number * 31 + row * 7) % 97));
const timeOf = (number: number, row: number): bigint => callsOf(number, row) * 1_000n + BigInt(row);

/** The clock of a machine whose time is set forward and back, by an hour and by days, every few readings. */
function jumpMs(number: number): number {
  const jumps_ms = [0, 3_600_000, -3_600_000, 5 * 86_400_000, -9 * 86_400_000, 60_000, -60_000];
  return jumps_ms[Math.floor(number / 7) % jumps_ms.length] ?? 0;
}

/** Where the clock jumps, every eighth window is, to the millisecond, the one before it with other rows. */
function windowOf(number: number, clock: EmissionShape['clock']): { window_start: Date; window_end: Date } {
  if (clock === 'real') return { window_start: new Date(Date.now() - 1_000), window_end: new Date() };
  if (clock === 'jumping' && number % 8 === 7) return windowOf(number - 1, clock);
  const start_ms = origin_ms + (number % 1_000) * minute_ms + (clock === 'jumping' ? jumpMs(number) : 0);
  return { window_start: new Date(start_ms + Math.floor(number / 1_000)), window_end: new Date(start_ms + minute_ms) };
}

export async function emission(source: string, number: number, shape: EmissionShape): Promise<Batch> {
  const window = windowOf(number, shape.clock);
  const instance_id = `${source}-${Math.floor(number / 8) % instances}`;
  const query_deltas = Array.from({ length: shape.rows_per_batch }, (_, row) => ({
    ...zero_measures,
    calls: callsOf(number, row),
    total_time_us: timeOf(number, row),
    instance_id,
    query_hash: row.toString(16).padStart(16, '0'),
    window_start: utc(window.window_start),
    window_end: utc(window.window_end),
    database_name: 'shop',
    user_name: 'app',
    native_id: String(row),
    is_nested: 0 as const,
    plan_hash: '',
    min_time_us: null,
    max_time_us: null,
    bucket_upper_us: [],
    bucket_calls: [],
    percentile_origin: 'means' as const,
    flags: [],
  }));
  const batch = await makeBatch({ instance_id, aspect: 'statements', ...window, rows: { query_deltas } });
  if (batch === undefined) throw new Error('a batch of no rows');
  return batch;
}

/** What readings 0 to `count` - 1 add up to. */
export function emittedSums(count: number, { rows_per_batch }: EmissionShape): Sums {
  let calls = 0n;
  let total_time_us = 0n;
  for (let number = 0; number < count; number += 1) {
    for (let row = 0; row < rows_per_batch; row += 1) {
      calls += callsOf(number, row);
      total_time_us += timeOf(number, row);
    }
  }
  return { windows: String(count * rows_per_batch), calls: String(calls), total_time_us: String(total_time_us) };
}
