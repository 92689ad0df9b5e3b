import type { Store } from '@plumbline/clickhouse';

/** What a table of deltas or a rollup of them adds up to, as decimal text. */
export interface Sums {
  readonly windows: string;
  readonly calls: string;
  readonly total_time_us: string;
}

const sums = 'toString(sum(calls)) AS calls, toString(sum(total_time_us)) AS total_time_us';
const windows_of = {
  query_deltas: 'toString(count())',
  query_hourly: 'toString(sum(windows))',
  query_daily: 'toString(sum(windows))',
} as const;

export type SummedTable = keyof typeof windows_of;

/** Raw and rollups alike: where one batch is missing or double, the three differ from what was emitted. */
export async function storeSums(store: Store): Promise<Readonly<Record<SummedTable, Sums>>> {
  const entries = Object.entries(windows_of).map(async ([table, windows]) => {
    const [row] = await store.query<Sums>(`SELECT ${windows} AS windows, ${sums} FROM ${table}`);
    return [table, row] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as unknown as Readonly<Record<SummedTable, Sums>>;
}

export const everywhere = (emitted: Sums): Readonly<Record<SummedTable, Sums>> => ({
  query_deltas: emitted,
  query_hourly: emitted,
  query_daily: emitted,
});
