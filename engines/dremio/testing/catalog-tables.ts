import type { Table, TableRow, Value } from './sql-values.js';

/** System tables beside the history, with the columns of the contract sheet (sections 7 and 8) and rows made by hand. */
function table(columns: Readonly<Record<string, string>>, rows: readonly (readonly Value[])[]): Table {
  const names = Object.keys(columns);
  return {
    columns,
    rows: rows.map((values) => Object.fromEntries(names.map((name, n): [string, Value] => [name, values[n] ?? null]))),
  };
}

const typed = (type: string, names: string): Record<string, string> =>
  Object.fromEntries(names.split(' ').map((name) => [name, type]));

const reflection_columns = {
  ...typed('VARCHAR', 'reflection_id reflection_name type status dataset_id dataset_name'),
  ...typed('VARCHAR', 'sort_columns partition_columns dimensions measures display_columns external_reflection'),
  ...typed('VARCHAR', 'acceleration_status refresh_method'),
  ...typed('BIGINT', 'num_failures record_count current_footprint_bytes total_footprint_bytes'),
  ...typed('BIGINT', 'last_refresh_duration_millis considered_count matched_count accelerated_count'),
  ...typed('TIMESTAMP', 'last_refresh_from_table available_until'),
};

/** One that is used, one that failed and never answered anything; sizes over 2^53 to be kept exactly. */
const reflections = table(reflection_columns, [
  [
    ...['r-agg', 'by_region', 'AGGREGATION', 'CAN_ACCELERATE', 'd-orders', 'lake.sales.orders'],
    ...['', 'o_region', 'o_region, o_date', 'o_total (SUM, COUNT), o_id (MAX)', '', 'false'],
    ...['AVAILABLE', 'INCREMENTAL', 0n, 9_007_199_254_740_993n, 9_223_372_036_854_775_807n],
    ...[18_014_398_509_481_985n, 61_234n, 120n, 80n, 75n, '2026-11-21 04:00:00.000', '2026-11-22 04:00:00.000'],
  ],
  [
    ...['r-raw', 'all "columns"', 'RAW', 'FAILED', 'd-items', 'lake.sales.items'],
    ...['i_id', '', '', '', 'i_id, "i, name", i_price', 'false', 'NONE', 'FULL'],
    ...[7n, -1n, 0n, 0n, 0n, 40n, 0n, 0n, null, '3026-03-24 10:00:00.000'],
  ],
]);

const materializations = table(
  {
    ...typed('VARCHAR', 'reflection_id materialization_id state failure_msg'),
    ...typed('BIGINT', 'size_bytes'),
    ...typed('TIMESTAMP', 'created expires last_refresh_finished'),
  },
  [
    ['r-agg', 'm1', 'DONE', '', 10n, '2026-11-21 03:59:00.000', null, '2026-11-21 04:00:00.000'],
    ['r-agg', 'm0', 'DEPRECATED', '', 9n, '2026-11-20 03:59:00.000', null, '2026-11-20 04:00:00.000'],
    ['r-raw', 'm2', 'FAILED', `could not write 'secret'`, 0n, '2026-11-21 03:59:00.000', null, null],
  ],
);

const options = table(
  { ...typed('VARCHAR', 'name kind type status'), num_val: 'BIGINT', string_val: 'VARCHAR', bool_val: 'BOOLEAN' },
  [
    ['planner.enable_broadcast_join', 'BOOLEAN', 'SYSTEM', 'DEFAULT', null, null, true],
    ['exec.queue.memory.large', 'LONG', 'SYSTEM', 'CHANGED', 8_589_934_592n, null, null],
    ['store.s3.secret_token', 'STRING', 'BOOT', 'CHANGED', null, 'hunter2', null],
  ],
);

const version = table(typed('VARCHAR', 'version commit_id'), [['25.2.0', 'abc']]);

const nodes = table({ ...typed('VARCHAR', 'name status'), ...typed('BOOLEAN', 'is_coordinator is_executor') }, [
  ['c1', 'green', true, false],
  ['e1', 'green', false, true],
  ['e2', 'red', false, true],
]);
const memory = table(typed('BIGINT', 'heap_current heap_max direct_current direct_max'), [
  [1n, 10n, 100n, 1_000n],
  [2n, 20n, 200n, 2_000n],
]);

const names: readonly (readonly [string, string, string])[] = [
  ['lake.sales', 'orders', 'TABLE'],
  ['lake.sales', 'items', 'TABLE'],
  ['space.reports', 'by_region', 'VIEW'],
  ['sys', 'options', 'SYSTEM_TABLE'],
];
const tables = table(typed('VARCHAR', 'table_schema table_name table_type'), names);

const columns = table(
  { ...typed('VARCHAR', 'table_schema table_name column_name is_nullable data_type'), ordinal_position: 'INTEGER' },
  [
    ['lake.sales', 'orders', 'o_id', 'NO', 'BIGINT', 1],
    ['lake.sales', 'orders', 'o_region', 'YES', 'CHARACTER VARYING', 2],
    ['sys', 'options', 'name', 'YES', 'CHARACTER VARYING', 1],
  ],
);

const file = (n: number, bytes: bigint, partition: string): TableRow => ({
  ...{ file_path: `s3://bucket/${n}.parquet`, file_format: 'PARQUET', partition, record_count: 10n ** 15n },
  file_size_in_bytes: bytes,
});
const orders_files: Table = {
  columns: {
    ...typed('VARCHAR', 'file_path file_format partition'),
    ...typed('BIGINT', 'record_count file_size_in_bytes'),
  },
  rows: [file(1, 1_000n, '{d=1}'), file(2, 2_000n, '{d=1}'), file(3, 2n ** 53n + 1n, '{d=2}')],
};

export const catalogTables = (system: 'sys.' | 'sys.project.'): ReadonlyMap<string, Table> =>
  new Map([
    [`${system}reflections`, reflections],
    [`${system}materializations`, materializations],
    ...(system === 'sys.' ? [[`${system}options`, options] as const, [`${system}version`, version] as const] : []),
    ...(system === 'sys.' ? [[`${system}nodes`, nodes] as const, [`${system}memory`, memory] as const] : []),
    ['INFORMATION_SCHEMA."TABLES"', tables],
    ['INFORMATION_SCHEMA."COLUMNS"', columns],
    [`TABLE(table_files('"lake"."sales"."orders"'))`, orders_files],
  ]);
