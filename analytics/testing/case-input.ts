import {
  utc,
  type ColumnSnapshotRow,
  type DetectorInput,
  type DetectorTools,
  type DroppedIndex,
  type Features,
  type IndexSnapshotRow,
  type JudgedIndexHint,
  type JudgedQuery,
  type JudgedReflection,
  type JudgedTableFiles,
  type PlanNode,
  type Regression,
  type TableSnapshotRow,
  type WhatIf,
} from '@plumbline/contracts';
import { planIssues } from '../plan/issues.js';
import { analytics_settings_schema } from '../settings.js';
import { planOf, type WrittenPlan } from './written-plan.js';

/** The facts of a case as a person writes them: only what matters, the rest has a plain default. */
export interface Given {
  readonly observed_days?: number;
  readonly tables?: readonly (Partial<Numbers<TableSnapshotRow>> & {
    readonly table_name: string;
    readonly rows: number;
  })[];
  readonly indexes?: readonly (Partial<Numbers<IndexSnapshotRow>> & { readonly days?: number })[];
  readonly columns?: Readonly<Record<string, Readonly<Record<string, Partial<ColumnSnapshotRow>>>>>;
  readonly queries?: readonly GivenQuery[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly dropped_indexes?: readonly Partial<DroppedIndex>[];
  /** Other instances of the cluster: days watched, and scans by index name. */
  readonly replicas?: Readonly<
    Record<string, { readonly days: number; readonly scans?: Readonly<Record<string, number>> }>
  >;
  readonly is_replica?: boolean;
  readonly regressions?: readonly Partial<Regression>[];
  /** Null: they are not read. */
  readonly reflections?: readonly Partial<JudgedReflection>[] | null;
  readonly index_hints?: readonly Partial<JudgedIndexHint>[];
  readonly table_files?: readonly Partial<JudgedTableFiles>[];
  readonly what_if?: GivenWhatIf;
}
type Numbers<Row> = { readonly [Key in keyof Row]: Row[Key] extends bigint ? number : Row[Key] };

interface GivenQuery extends Partial<Omit<JudgedQuery, 'features' | 'plan'>> {
  readonly seconds?: number;
  readonly features?: Partial<Features>;
  /** `orders 900 of 1000`: a plan of cost 1000 with a full scan of orders of cost 900. `index orders`: no full scan. */
  readonly plan?: string | WrittenPlan | null;
}
interface GivenWhatIf {
  readonly size_bytes?: number;
  /** Per query: its planner cost as it is, and with each imagined index, written `orders(customer_id)`. */
  readonly costs: Readonly<Record<string, { readonly now: number; readonly with?: Readonly<Record<string, number>> }>>;
  readonly fails?: readonly string[];
}

const day_s = 86_400;
const window_end = new Date('2026-11-20T00:00:00Z');
const daysEarlier = (days: number) => utc(new Date(window_end.getTime() - days * day_s * 1000));

export function detectorInput(given: Given): DetectorInput {
  const observed_s = (given.observed_days ?? 1) * day_s;
  const indexes = (given.indexes ?? []).map((index) => indexRow(index, given.observed_days ?? 1));
  return {
    instance_id: 'shop',
    engine: 'postgresql',
    queries: (given.queries ?? []).map(judgedQuery),
    tables: (given.tables ?? []).map((table) => tableRow(table)),
    indexes,
    index_scans: new Map(indexes.map((index) => [`${index.schema_name}.${index.index_name}`, Number(index.scans)])),
    observed_s,
    replicas: Object.entries(given.replicas ?? {}).map(([instance_id, { days, scans }]) => ({
      instance_id,
      observed_s: days * day_s,
      index_scans: new Map(Object.entries(scans ?? {}).map(([name, count]) => [`public.${name}`, count])),
    })),
    is_replica: given.is_replica ?? false,
    columns: Object.entries(given.columns ?? {}).flatMap(([table_name, columns]) =>
      Object.entries(columns).map(([name, column], place) => columnRow(table_name, name, place + 1, column)),
    ),
    settings: new Map(Object.entries(given.settings ?? {}).map(([name, value]) => [name, { value, unit: '' }])),
    regressions: (given.regressions ?? []).map(regressionOf),
    dropped_indexes: (given.dropped_indexes ?? []).map((dropped) => ({
      database_name: 'shop',
      schema_name: 'public',
      table_name: '',
      index_name: '',
      definition: '',
      dropped_at: utc(window_end),
      ...dropped,
    })),
    reflections: given.reflections === null ? null : (given.reflections ?? []).map(reflectionOf),
    index_hints: (given.index_hints ?? []).map(indexHintOf),
    table_files: (given.table_files ?? []).map(tableFilesOf),
    as_of: utc(window_end),
  };
}

function judgedQuery(query: GivenQuery): JudgedQuery {
  const { seconds, features, plan, ...rest } = query;
  const tables = features?.tables ?? [];
  return {
    query_hash: 'aaaaaaaaaaaaaaaa',
    database_name: 'shop',
    template: 'select …',
    calls: 1000,
    total_time_us: (seconds ?? 1000) * 1e6,
    rows_returned: 1000,
    logical_read_bytes: 0,
    temp_written_bytes: 0,
    span_s: day_s,
    ...rest,
    features: {
      statement_class: 'select',
      joins: [],
      group_by: [],
      order_by: [],
      selects_star: false,
      has_limit: false,
      has_offset: false,
      subqueries: 0,
      set_operations: 0,
      has_aggregate: false,
      feature_source: 'ast',
      ...features,
      tables: tables.map((table) => ({ ...{ schema: '', alias: '', access: 'read' as const }, ...table })),
      predicates: (features?.predicates ?? []).map((predicate) => ({
        ...{ operator: 'eq' as const, wrapped_in: '', clause: 'where' as const },
        ...predicate,
      })),
    },
    plan: plan === undefined || plan === null ? null : typeof plan === 'string' ? planTree(plan) : planOf(plan),
  };
}

export function planTree(text: string): PlanNode {
  const scan = /^(\w+) (\d+) of (\d+)$/.exec(text);
  const leaf = (operator: PlanNode['operator'], table: string, total_cost: number): PlanNode => ({
    operator,
    native_operator: operator,
    schema: 'public',
    table,
    index: '',
    access_condition: '',
    filter_condition: '',
    estimated_rows: 1,
    estimated_width_bytes: 8,
    startup_cost: 0,
    total_cost,
    children: [],
  });
  if (!scan) return leaf('index_scan', text.replace('index ', ''), 10);
  const child = leaf('seq_scan', scan[1] ?? '', Number(scan[2]));
  return { ...leaf('aggregate', '', Number(scan[3])), children: [child] };
}

function tableRow(given: Partial<Numbers<TableSnapshotRow>> & { table_name: string; rows: number }): TableSnapshotRow {
  const { rows, ...rest } = given;
  const row = {
    ...{ instance_id: 'shop', database_name: 'shop', schema_name: 'public', batch_id: '' },
    ...{ window_start: daysEarlier(1), window_end: utc(window_end), last_vacuumed_at: null },
    ...{ estimated_rows: rows, live_rows: rows, dead_rows: 0, modified_since_analyze_rows: 0, size_bytes: rows * 100 },
    ...{ seq_scans: 0, seq_rows_read: 0, index_scans: 0, inserted_rows: 0, updated_rows: 0, deleted_rows: 0 },
    last_analyzed_at: daysEarlier(1),
    ...rest,
  };
  return withBigints(row, table_counts) as unknown as TableSnapshotRow;
}

function indexRow(
  given: Partial<Numbers<IndexSnapshotRow>> & { days?: number },
  observed_days: number,
): IndexSnapshotRow {
  const { days, ...rest } = given;
  const row = {
    ...{ instance_id: 'shop', database_name: 'shop', schema_name: 'public', table_name: 'orders', batch_id: '' },
    ...{ window_start: daysEarlier(days ?? observed_days), window_end: utc(window_end), method: 'btree' },
    ...{ index_name: 'i', key_columns: [], included_columns: [], predicate: '', size_bytes: 10_000_000, scans: 0 },
    ...{ is_unique: 0, backs_constraint: 0, is_valid: 1, ...rest },
  };
  const definition = `CREATE INDEX ${row.index_name} ON public.${row.table_name} USING ${row.method} (${row.key_columns.join(', ')})`;
  return withBigints({ definition, ...row }, ['size_bytes', 'scans']) as unknown as IndexSnapshotRow;
}

const table_counts = [
  ...['live_rows', 'dead_rows', 'modified_since_analyze_rows', 'size_bytes', 'seq_scans', 'seq_rows_read'],
  ...['index_scans', 'inserted_rows', 'updated_rows', 'deleted_rows'],
];

const withBigints = (row: object, names: readonly string[]): object =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      names.includes(name) ? BigInt(value as number) : (value as unknown),
    ]),
  );

const columnRow = (
  table_name: string,
  column_name: string,
  ordinal: number,
  given: Partial<ColumnSnapshotRow>,
): ColumnSnapshotRow => ({
  ...{ instance_id: 'shop', database_name: 'shop', schema_name: 'public', table_name, column_name, ordinal },
  ...{ observed_at: utc(window_end), data_type: 'integer', is_nullable: 0, n_distinct: null, null_ratio: 0 },
  ...{ average_width_bytes: 4, correlation: null, batch_id: '', ...given },
});

const reflectionOf = (given: Partial<JudgedReflection>): JudgedReflection => ({
  ...{ reflection_id: 'r1', reflection_name: 'r', kind: 'raw', dataset_id: 'd1', dataset_name: 'public.orders' },
  ...{ observed_at: utc(window_end), first_seen_at: daysEarlier(31), is_enabled: 1, can_accelerate: 1 },
  ...{ status: 'CAN_ACCELERATE', display_columns: [], dimension_columns: [], measure_columns: [] },
  ...{ partition_columns: [], sort_columns: [], row_count: null, size_bytes: 0, total_size_bytes: 0 },
  ...{ considered: 0, matched: 0, chosen: 0, used_runs: 0, first_used_at: null, last_used_at: null, failures: 0 },
  ...{ last_refresh_us: null, last_refreshed_at: null, expires_at: null, ...given },
});

const indexHintOf = (given: Partial<JudgedIndexHint>): JudgedIndexHint => ({
  ...{ database_name: 'shop', schema_name: 'public', table_name: 'orders', observed_at: utc(window_end) },
  ...{ equality_columns: [], inequality_columns: [], included_columns: [], uses: 1000, counted_s: day_s },
  ...{ average_cost: 10, impact_ratio: 0.9, ...given },
});

const tableFilesOf = (given: Partial<JudgedTableFiles>): JudgedTableFiles => ({
  ...{ database_name: 'shop', schema_name: 'public', table_name: 'orders', observed_at: utc(window_end) },
  ...{ file_format: 'PARQUET', files: 0, size_bytes: 0, row_count: 0, small_file_bytes: 128849018 },
  ...{ small_files: 0, small_size_bytes: 0, partitions: 1, ...given },
});

const regressionOf = (given: Partial<Regression>): Regression => ({
  ...{ regression_id: 'rrrrrrrrrrrrrrrr', instance_id: 'shop', query_hash: 'aaaaaaaaaaaaaaaa', kind: 'latency' },
  ...{ severity: 'warning', onset_at: daysEarlier(0), onset_after: daysEarlier(1), detected_at: daysEarlier(0) },
  ...{ baseline_mean_us: 1000, current_mean_us: 5000, effect_ratio: 5, z_score: 9, extra_seconds_per_day: 400 },
  ...{ share_of_instance_time: 0.3, baseline_scope: 'global', percentile_origin: 'means', group_id: '' },
  cause: { kind: 'unknown', sentence: '', object_name: '', subject: '', occurred_at: null },
  ...given,
});

export function detectorTools(given: Given): DetectorTools {
  return {
    what_if: given.what_if ? tableWhatIf(given.what_if) : unprovable,
    render: () => ({ ddl: [], rollback_ddl: [], cautions: [] }),
    planIssues: (plan, rows_of) => planIssues(plan, analytics_settings_schema.parse({}), rows_of),
  };
}

export const unprovable: WhatIf = {
  can_prove: false,
  reason: 'HypoPG is not installed in database shop.',
  fix: 'CREATE EXTENSION hypopg',
  plan: () => Promise.reject(new Error('asked although it cannot prove')),
  indexSizeBytes: () => Promise.reject(new Error('asked although it cannot prove')),
};

/** Plans by the case's own table of costs: the cheapest of the plan as it is and with each index that was asked. */
export function tableWhatIf({ costs, size_bytes, fails }: GivenWhatIf): WhatIf {
  return {
    can_prove: true,
    reason: '',
    fix: '',
    async plan(_database_name, template, indexes) {
      const known = costs[template];
      if (!known || fails?.includes(template)) throw new Error(`no plan for "${template}"`);
      const priced = indexes.map(
        (index) => known.with?.[`${index.table_name}(${index.columns.join(',')})`] ?? Infinity,
      );
      const total_cost = Math.min(known.now, ...priced);
      const place = priced.indexOf(total_cost);
      return { tree: planTree(`x ${total_cost} of ${total_cost}`), total_cost, used: place < 0 ? [] : [place] };
    },
    indexSizeBytes: async () => size_bytes ?? 1_000_000,
  };
}
