import { measure_names, type CollectedTable } from '@plumbline/contracts';

/** A row as it stands in a batch: 64-bit numbers as decimal text. */
export type Row = Readonly<Record<string, unknown>>;

export interface MergeRule {
  readonly key: readonly string[];
  fold(older: Row, newer: Row): Row;
}

/** Exact: decimal text is added as bigint and stays text. */
function sum(older: unknown, newer: unknown): unknown {
  if (typeof older === 'string' || typeof newer === 'string') {
    return (BigInt(older as string | number) + BigInt(newer as string | number)).toString();
  }
  return (older as number) + (newer as number);
}

function foldSums(older: Row, newer: Row, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, sum(older[field], newer[field])]));
}

const least = (a: unknown, b: unknown): unknown =>
  b === null || (a !== null && (a as number) <= (b as number)) ? a : b;
const most = (a: unknown, b: unknown): unknown =>
  b === null || (a !== null && (a as number) >= (b as number)) ? a : b;

const window_of = (older: Row, newer: Row): Row => ({
  window_start: least(older['window_start'], newer['window_start']),
  window_end: most(older['window_end'], newer['window_end']),
});

function foldBuckets(older: Row, newer: Row): Row {
  const calls = new Map<number, unknown>();
  for (const row of [older, newer]) {
    const counts = row['bucket_calls'] as readonly unknown[];
    (row['bucket_upper_us'] as readonly number[]).forEach((upper, place) => {
      calls.set(upper, sum(calls.get(upper) ?? '0', counts[place] ?? '0'));
    });
  }
  const bucket_upper_us = [...calls.keys()].sort((a, b) => a - b);
  return { bucket_upper_us, bucket_calls: bucket_upper_us.map((upper) => calls.get(upper)) };
}

function foldDelta(older: Row, newer: Row): Row {
  const flags = [...(older['flags'] as readonly string[]), ...(newer['flags'] as readonly string[]), 'merged_window'];
  return {
    ...newer,
    ...foldSums(older, newer, measure_names),
    ...window_of(older, newer),
    ...foldBuckets(older, newer),
    min_time_us: least(older['min_time_us'], newer['min_time_us']),
    max_time_us: most(older['max_time_us'], newer['max_time_us']),
    flags: [...new Set(flags)],
  };
}

const newest = (_older: Row, newer: Row): Row => newer;

/** State of the newer reading, counts of both windows. */
const newestWithSums =
  (fields: readonly string[]) =>
  (older: Row, newer: Row): Row => ({ ...newer, ...foldSums(older, newer, fields), ...window_of(older, newer) });

const table_counts = ['seq_scans', 'seq_rows_read', 'index_scans', 'inserted_rows', 'updated_rows', 'deleted_rows'];
const table_key = ['database_name', 'schema_name', 'table_name'];

/** Absent: every row is a fact of its own (a run, an event, a metric of one window, a changed setting) and is kept. */
export const merge_rules: { readonly [Table in CollectedTable]?: MergeRule } & { readonly query_deltas: MergeRule } = {
  query_deltas: {
    key: ['query_hash', 'database_name', 'user_name', 'native_id', 'is_nested', 'plan_hash', 'percentile_origin'],
    fold: foldDelta,
  },
  wait_deltas: {
    key: ['query_hash', 'database_name', 'wait_class', 'wait_event'],
    fold: newestWithSums(['samples', 'sampled_time_us']),
  },
  table_snapshots: { key: table_key, fold: newestWithSums(table_counts) },
  index_snapshots: { key: [...table_key, 'index_name'], fold: newestWithSums(['scans']) },
  column_snapshots: { key: [...table_key, 'column_name'], fold: newest },
  index_hint_snapshots: {
    key: [...table_key, 'equality_columns', 'inequality_columns', 'included_columns'],
    fold: newest,
  },
  reflection_snapshots: { key: ['reflection_id'], fold: newest },
  table_file_snapshots: { key: table_key, fold: newest },
  instances: { key: ['instance_id'], fold: newest },
  queries: { key: ['query_hash'], fold: newest },
  plans: { key: ['query_hash', 'plan_hash'], fold: newest },
  aspect_status: { key: ['aspect'], fold: newest },
};
