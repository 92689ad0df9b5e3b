import type { Utc } from '@plumbline/contracts';
import { fromUtc } from '@plumbline/contracts';
import type { CauseFacts } from '../causes/cause.js';
import { tablesOf } from '../causes/cause.js';
import type { Point } from '../judged-points.js';
import { median } from '../math/robust.js';
import type { Judging } from './judging.js';

interface Onset {
  readonly query_hash: string;
  readonly onset_after: Utc;
  readonly onset_at: Utc;
}

/** What other queries of the same tables stopped doing at an onset, and how all other queries' calls moved. */
export async function lostWork(
  { context, instance_id, points, as_of }: Judging,
  { query_hash, onset_after, onset_at }: Onset,
  uses: CauseFacts['uses'],
): Promise<Pick<CauseFacts, 'lost' | 'others_calls_ratio'>> {
  const since_ms = Math.min(...[...points.values()].map((of_query) => of_query[0]?.from_ms ?? Infinity));
  const spans = {
    before: { from_ms: since_ms, to_ms: fromUtc(onset_after).getTime() },
    after: { from_ms: fromUtc(onset_at).getTime(), to_ms: as_of.getTime() },
  };
  const tables = new Set(uses.map(({ table }) => table.toLowerCase()));
  const others = [...points].filter(([other]) => other !== query_hash);
  const moved = others.map(([other, of_query]) => {
    const [before, after] = [rateOf(of_query, spans.before), rateOf(of_query, spans.after)];
    return { query_hash: other, lost_load: before.load - after.load, calls_ratio: after.calls / before.calls };
  });
  const known = moved.filter(({ calls_ratio }) => Number.isFinite(calls_ratio));
  const fallen = known.filter(({ calls_ratio, lost_load }) => calls_ratio <= most_calls_ratio && lost_load > 0);
  const others_calls_ratio = known.length === 0 ? 1 : median(known.map(({ calls_ratio }) => calls_ratio));
  if (fallen.length === 0) return { lost: [], others_calls_ratio };
  const queries = await context.ask('judge_queries', { instance_id, query_hash: '' });
  const shares = (features: string): boolean => tablesOf(features).some(({ table }) => tables.has(table.toLowerCase()));
  const related = new Set(queries.filter(({ features }) => shares(features)).map((query) => query.query_hash));
  return { lost: fallen.filter((one) => related.has(one.query_hash)), others_calls_ratio };
}

/** A query that lost less than half of its runs was not rewritten. */
const most_calls_ratio = 0.5;

interface SpanMs {
  readonly from_ms: number;
  readonly to_ms: number;
}

/** Per second. */
function rateOf(
  points: readonly Point[],
  { from_ms, to_ms }: SpanMs,
): { readonly load: number; readonly calls: number } {
  const inside = points.filter((point) => point.from_ms >= from_ms && point.to_ms <= to_ms);
  const seconds = Math.max(1e-3, (to_ms - from_ms) / 1000);
  return {
    load: inside.reduce((sum, point) => sum + point.time_us, 0) / 1e6 / seconds,
    calls: inside.reduce((sum, point) => sum + point.calls, 0) / seconds,
  };
}
