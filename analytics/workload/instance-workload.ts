import type { AskView } from '@plumbline/clickhouse';
import type { Features, Utc, ViewRow } from '@plumbline/contracts';
import type { AnalyticsSettings } from '../settings.js';
import { compress } from './compress.js';
import type { CompressedQuery, CompressedWorkload } from './compress.js';
import { indexableColumns } from './indexable-columns.js';

export interface WorkloadAsked {
  readonly instance_id: string;
  readonly since: Utc;
  readonly as_of: Utc;
  /** √n of the n queries that ran when left out. */
  readonly k?: number | undefined;
}

export type WorkloadQuery = CompressedQuery & {
  readonly database_name: string;
  readonly template: string;
  /** Share of the instance's database time in the span that this query stands for. */
  readonly weight: number;
};

export type InstanceWorkload = Omit<CompressedWorkload, 'queries'> & { readonly queries: readonly WorkloadQuery[] };

/** The queries that ran on an instance in a span, kept down to those that stand for the rest. */
export async function instanceWorkload(
  ask: AskView,
  settings: AnalyticsSettings,
  { instance_id, since, as_of, k }: WorkloadAsked,
): Promise<InstanceWorkload> {
  const rows = await ask('judge_workload', { instance_id, since, as_of, limit: settings.compress_max_queries });
  const of_key = new Map(rows.map((row) => [keyOf(row), row]));
  const compressed = compress(
    rows.map((row) => ({
      query_hash: keyOf(row),
      cost: row.total_time_us,
      calls: row.calls,
      features: indexableColumns(JSON.parse(row.features) as Features),
    })),
    {
      k: k ?? Math.max(1, Math.round(Math.sqrt(rows.length))),
      all_pairs_max_queries: settings.compress_all_pairs_max_queries,
      tiny_k: settings.compress_tiny_k,
    },
  );
  const whole = rows.reduce((sum, { total_time_us }) => sum + total_time_us, 0);
  return { ...compressed, queries: compressed.queries.map((kept) => described(kept, of_key, whole)) };
}

type Row = ViewRow<'judge_workload'>;

/** The same template in two databases is two queries: their tables are others. */
const keyOf = ({ database_name, query_hash }: Row): string => `${database_name}/${query_hash}`;

function described(kept: CompressedQuery, of_key: ReadonlyMap<string, Row>, whole: number): WorkloadQuery {
  const row = of_key.get(kept.query_hash);
  if (row === undefined) throw new Error(`compression kept ${kept.query_hash}, which it was not given`);
  const { query_hash, database_name, template } = row;
  return { ...kept, query_hash, database_name, template, weight: whole > 0 ? kept.cost / whole : 0 };
}
