import type { Past } from '@plumbline/clickhouse';
import { utc } from '@plumbline/contracts';

export const judged_tables = ['regression_events', 'recommendation_events'] as const;
export type JudgedTable = (typeof judged_tables)[number];

/** What Plumbline finds out by itself; everything else was said by a person. */
export const own_actors: readonly string[] = ['plumbline', 'noticed'];

/**
 * When an event was known: the judge's own at the moment they were judged, the others when they were heard of, because a
 * person may date "applied" back.
 */
const known_at = "if(actor = 'plumbline', toDateTime64(occurred_at, 6, 'UTC'), recorded_at)";

/** Everything that was in the ledger before `from`. */
export async function takeLedger({ store, present }: Past, from: Date): Promise<void> {
  for (const table of judged_tables) {
    await store.command(
      `INSERT INTO ${table} SELECT * FROM ${present}.${table} WHERE ${known_at} < {from:DateTime64(3, 'UTC')}`,
      { params: { from: utc(from) } },
    );
  }
}

/** What people said in [from, to): it is given, not judged. It is heard of now, behind what is in the ledger. */
export async function takeAnswers({ store, present }: Past, from: Date, to: Date): Promise<void> {
  for (const table of judged_tables) {
    const id = table === 'regression_events' ? 'regression_id, query_hash' : 'recommendation_id';
    const columns = `${id}, instance_id, kind, occurred_at, actor, note, payload`;
    await store.command(
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${present}.${table}
       WHERE NOT has({own:Array(String)}, actor)
         AND recorded_at >= {from:DateTime64(3, 'UTC')} AND recorded_at < {to:DateTime64(3, 'UTC')}
       ORDER BY recorded_at`,
      { params: { own: own_actors, from: utc(from), to: utc(to) } },
    );
  }
}
