import type { Store } from '@plumbline/clickhouse';
import { utc } from '@plumbline/contracts';
import type { Recommendation, Regression, Utc } from '@plumbline/contracts';
import { own_actors } from './ledger.js';

/** One event that Plumbline wrote into its ledger by itself. */
export interface JudgedEvent {
  readonly of: 'regression' | 'recommendation';
  readonly id: string;
  readonly instance_id: string;
  readonly kind: string;
  readonly occurred_at: Utc;
  readonly note: string;
  /** JSON of what was judged; '' where the event carries none. */
  readonly payload: string;
}

/** `from` and `to` inclusive, oldest first. */
export function eventsBetween(store: Store, from: Date, to: Date): Promise<readonly JudgedEvent[]> {
  const of = (table: string, what: string) =>
    `SELECT '${what}' AS of, ${what}_id AS id, instance_id, kind, occurred_at, note, payload FROM ${table}
     WHERE has({own:Array(String)}, actor)
       AND occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at <= {to:DateTime64(3, 'UTC')}`;
  const sql = `SELECT * FROM (${of('regression_events', 'regression')}
    UNION ALL ${of('recommendation_events', 'recommendation')}) ORDER BY occurred_at, of DESC, id, kind`;
  return store.query<JudgedEvent>(sql, { params: { own: own_actors, from: utc(from), to: utc(to) } });
}

type Told = Partial<Regression & Recommendation>;

export const toldBy = ({ payload }: JudgedEvent): Told => (payload === '' ? {} : (JSON.parse(payload) as Told));

/** What an event is about, for a person. */
export function titleOf(event: JudgedEvent): string {
  const told = toldBy(event);
  if (event.of === 'recommendation') return [told.detector, told.title].filter(Boolean).join(': ') || event.note;
  return `query ${told.query_hash ?? ''}, ${(told.effect_ratio ?? 1).toFixed(2)} times its baseline, ${told.cause?.kind ?? ''}`;
}
