import type { EntityKind, FeatureDefinition } from './definition.js';
import { count, hours, list, real, wait_classes } from './definition.js';

/** What a statement is, from its template alone (sql/features). Where no parser took it, only what tokens tell. */
const statement: readonly FeatureDefinition[] = [
  count('template_bytes', 'bytes', 'length of the template'),
  count('tables_read', 'tables', 'distinct tables read'),
  count('tables_written', 'tables', 'distinct tables written'),
  count('columns', 'columns', 'distinct columns compared, joined, grouped or ordered by'),
  count('predicates', 'predicates', 'conditions on a column in WHERE, ON and HAVING'),
  count('predicates_eq', 'predicates', 'of them: = and IN'),
  count('predicates_range', 'predicates', 'of them: <, >, BETWEEN and LIKE with a fixed beginning'),
  count(
    'predicates_unindexable',
    'predicates',
    'of them: a function around the column, LIKE with an open beginning, <>',
  ),
  count('joins', 'joins', 'pairs of columns joined'),
  count('joins_outer', 'joins', 'of them: left, right and full'),
  count('group_by_columns', 'columns', 'columns grouped by'),
  count('order_by_columns', 'columns', 'columns ordered by'),
  count('subqueries', 'subqueries', 'queries inside the query, named ones among them'),
  count('set_operations', 'operations', 'UNION, INTERSECT and EXCEPT'),
  count('selects_star', '1', '1 when a star stands in a SELECT list'),
  count('has_limit', '1', '1 with LIMIT, TOP or FETCH FIRST'),
  count('has_offset', '1', '1 with OFFSET'),
  count('has_aggregate', '1', '1 when it aggregates'),
  count('is_write', '1', '1 for INSERT, UPDATE, DELETE and MERGE'),
  count('is_truncated', '1', '1 when the source gave only the beginning of the text'),
  count('is_parsed', '1', '1 when a parser took the whole statement: only then are the counts complete'),
  list('statement_class', 'name', 'select, insert, update, delete, merge, ddl, utility or unknown'),
  list('table_names', 'names', 'tables, with schema where written'),
  list('column_names', 'names', 'table.column of the columns counted above; ? where the table is not certain'),
  list('wrapped_columns', 'names', 'function(table.column) of conditions on the result of a function or cast'),
];

const waits = (of: string): FeatureDefinition =>
  real('wait_share', '1', `share of ${of} sampled waiting time by class; cpu is running`, wait_classes);
const profile = (of: string): FeatureDefinition =>
  real('calls_share_hour', '1', `share of ${of} calls that began in this hour of the day, UTC`, hours);

const sums: readonly FeatureDefinition[] = [
  count('calls', 'calls', 'executions'),
  count('errors', 'calls', 'executions that failed, where the source tells'),
  count('total_time_us', 'us', 'time of all executions'),
  count('cpu_time_us', 'us', 'of it on a processor, where the source tells'),
  count('io_read_time_us', 'us', 'of it reading, where the source tells'),
  count('io_write_time_us', 'us', 'of it writing, where the source tells'),
  count('lock_time_us', 'us', 'of it waiting for locks, where the source tells'),
  count('rows_returned', 'rows', 'rows returned or changed'),
  count('rows_examined', 'rows', 'rows looked at, where the source tells'),
  count('logical_read_bytes', 'bytes', 'bytes read from cache or disk'),
  count('physical_read_bytes', 'bytes', 'of it from disk'),
  count('written_bytes', 'bytes', 'bytes written'),
  count('temp_written_bytes', 'bytes', 'bytes spilled into temporary files'),
  count('wal_bytes', 'bytes', 'log written'),
];

const ratios: readonly FeatureDefinition[] = [
  real('mean_time_us', 'us', 'time per call'),
  real('rows_per_call', 'rows', 'rows returned per call'),
  real('rows_examined_per_row', '1', 'rows looked at per row returned'),
  real('logical_read_bytes_per_call', 'bytes', 'bytes read per call'),
  real('written_share', '1', 'bytes written, of all bytes read and written'),
  real('cpu_share', '1', 'share of the time on a processor'),
  real('io_share', '1', 'share of the time reading and writing'),
  real('lock_share', '1', 'share of the time waiting for locks'),
  real('calls_growth', '1', 'calls per second, as a ratio to the seven days before; 1 is unchanged'),
  real('mean_time_growth', '1', 'time per call, as a ratio to the seven days before'),
];

/** How a query behaved on one instance in the day before `as_of`, statements inside functions left out. */
const query: readonly FeatureDefinition[] = [
  ...sums,
  ...ratios,
  count('active_hours', 'hours', 'hours of the day in which it ran'),
  count('plans_known', 'plans', 'plans seen of it up to as_of'),
  count('plans_new', 'plans', 'of them first seen in the day'),
  real('deviation_time_us', 'us', 'standard deviation of the time, where the source counts squares'),
  real('min_time_us', 'us', 'shortest call, where the source tells'),
  real('max_time_us', 'us', 'longest call, where the source tells'),
  real('p50_us', 'us', 'median time; of which kind tells percentile_origin'),
  real('p95_us', 'us', '95th percentile'),
  real('p99_us', 'us', '99th percentile'),
  real('errors_per_call', '1', 'share of calls that failed'),
  real('share_of_instance_time', '1', 'share of the instance’s statement time'),
  waits('its'),
  profile('its'),
  list(
    'percentile_origin',
    'name',
    'exact, histogram, modelled, or means (percentiles of interval means: not latency)',
  ),
  list('database_names', 'names', 'where it ran'),
];

/** How an instance behaved in the day before `as_of`. */
const instance: readonly FeatureDefinition[] = [
  ...sums,
  ...ratios,
  count('queries', 'queries', 'distinct queries that ran'),
  count('queries_new', 'queries', 'of them not seen in the seven days before'),
  count('queries_gone', 'queries', 'queries of the seven days before that did not run'),
  count('plans_new', 'plans', 'plans first seen in the day'),
  real('load', '1', 'statements running at once on average: time per second'),
  real('top1_time_share', '1', 'share of the time that the dearest query took'),
  real('top10_time_share', '1', 'share of the time that the ten dearest queries took'),
  real('time_entropy', 'bit', 'entropy of the time over queries: 0 when one takes all'),
  real('write_calls_share', '1', 'share of calls that are INSERT, UPDATE, DELETE or MERGE'),
  real('write_time_share', '1', 'share of the time in them'),
  real('short_calls_share', '1', 'share of calls of queries below 10 ms per call: what transactions are made of'),
  real('long_time_share', '1', 'share of the time in queries of 1 s per call and more: what reports are made of'),
  real('aggregate_time_share', '1', 'share of the time in statements that aggregate'),
  real('join_time_share', '1', 'share of the time in statements of three tables and more'),
  waits('all'),
  profile('all'),
];

export const feature_definitions: Readonly<Record<EntityKind, readonly FeatureDefinition[]>> = {
  statement,
  query,
  instance,
};
