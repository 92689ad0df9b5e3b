import type { Utc } from '@plumbline/contracts';
import { fromUtc, utc } from '@plumbline/contracts';
import type { CauseFacts } from '../causes/cause.js';
import { tablesOf } from '../causes/cause.js';
import type { Judging } from './judging.js';
import { lostWork } from './lost-work.js';

export interface Change {
  readonly query_hash: string;
  readonly onset_after: Utc;
  readonly onset_at: Utc;
  readonly effect_ratio: number;
  readonly instance_shift_ratio: number;
  readonly extra_seconds_per_day: number;
  readonly calls_ratio: number;
  readonly rows_per_call_before: number;
  readonly rows_per_call_after: number;
}

/** Gathers what was collected near a change, as known at `as_of`. */
export async function causeFacts(judging: Judging, change: Change): Promise<CauseFacts> {
  const { context, settings, instance_id, as_of } = judging;
  const { query_hash, onset_at, onset_after } = change;
  const around_ms = settings.cause_search_points * settings.point_s * 1000;
  const since = utc(new Date(fromUtc(onset_after).getTime() - around_ms));
  const long_before = utc(new Date(fromUtc(onset_after).getTime() - settings.long_points * settings.point_s * 1000));
  const until = utc(new Date(fromUtc(onset_at).getTime() + around_ms));
  const asked = { instance_id, as_of: utc(as_of) };
  const [query] = await context.ask('judge_queries', { instance_id, query_hash });
  const uses = tablesOf(query?.features ?? '');
  return {
    ...change,
    ...(await lostWork(judging, change, uses)),
    uses,
    events: await eventsAround(judging, since, until),
    tables: await context.ask('judge_tables', { ...asked, since: long_before, onset_at: onset_after }),
    waits: await context.ask('judge_waits', { ...asked, query_hash, since: long_before, onset_at: onset_after }),
    extra_load: change.extra_seconds_per_day / 86_400,
  };
}

async function eventsAround(judging: Judging, since: Utc, until: Utc): Promise<CauseFacts['events']> {
  const { context, instance_id, as_of, events, events_since } = judging;
  if (since < events_since) return context.ask('judge_events', { instance_id, as_of: utc(as_of), since, until });
  return events.filter((event) => event.occurred_at > since && event.noticed_after < until);
}
