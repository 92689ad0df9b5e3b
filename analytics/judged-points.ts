import type { Utc, ViewRow } from '@plumbline/contracts';
import type { JobContext } from './job.js';
import { restartGrace } from './judged-span.js';

/** What one query did in one detector point. */
export interface Point {
  readonly query_hash: string;
  /** Serial number: the point ends at (point + 1) × point_s since 1970. */
  readonly point: number;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly calls: number;
  readonly time_us: number;
  /** Sum of squared times; 0 where the source counts none. */
  readonly square_us2: number;
  readonly rows: number;
  /** ln of the mean µs per run. */
  readonly ln_us: number;
}

export interface PointsAsked {
  readonly instance_id: string;
  readonly since: Utc;
  readonly as_of: Utc;
  /** All queries when left out. */
  readonly query_hashes?: readonly string[];
}

/** Points by query, each in order of time. A query without a single run in the span has no entry. */
export async function pointsOf(
  context: JobContext,
  asked: PointsAsked,
): Promise<ReadonlyMap<string, readonly Point[]>> {
  const { query_hashes } = asked;
  if (query_hashes?.length === 0) return new Map();
  const rows = await context.ask('judge_points', {
    instance_id: asked.instance_id,
    since: asked.since,
    as_of: asked.as_of,
    query_hashes: query_hashes?.join(',') ?? '',
    point_s: context.settings.point_s,
    restart_grace_s: restartGrace(context.settings),
  });
  return new Map(rows.map((row) => [row.query_hash, unfolded(row)]));
}

function unfolded(row: ViewRow<'judge_points'>): readonly Point[] {
  return row.points.map((point, index) => {
    const calls = row.calls[index] ?? Number.NaN;
    const time_us = row.times_us[index] ?? Number.NaN;
    return {
      query_hash: row.query_hash,
      point,
      from_ms: row.from_ms[index] ?? Number.NaN,
      to_ms: row.to_ms[index] ?? Number.NaN,
      calls,
      time_us,
      square_us2: row.squares_us2[index] ?? Number.NaN,
      rows: row.returned_rows[index] ?? Number.NaN,
      ln_us: Math.log(time_us / calls),
    };
  });
}
