import {
  fromUtc,
  utc,
  type ColumnSnapshotRow,
  type DetectorInput,
  type DroppedIndex,
  type Features,
  type IndexSnapshotRow,
  type JudgedQuery,
  type PlanNode,
  type Regression,
  type TableSnapshotRow,
  type ViewRow,
} from '@plumbline/contracts';
import type { JobContext } from '../job.js';
import { knownReflections } from './known-reflections.js';
import { replicaUse, scansByName } from './replica-use.js';

type Instance = Pick<ViewRow<'instances_latest'>, 'instance_id' | 'engine' | 'cluster_name' | 'is_replica'>;

/** Everything a detector may know of one instance, read from views as of a moment. */
export async function judgedInput(context: JobContext, instance: Instance, as_of: Date): Promise<DetectorInput> {
  const { instance_id, engine } = instance;
  const { ask, settings } = context;
  const regressions = await openRegressions(context, instance_id, as_of);
  const since = new Date(as_of.getTime() - settings.judged_span_s * 1000);
  const queries = await judgedQueries(context, instance_id, since, as_of, regressions);
  const tables = (await ask('tables_latest', { instance_id })).map(tableRow);
  const indexes = (await ask('indexes_latest', { instance_id })).map(indexRow);
  const columns = await ask('columns_latest', { instance_id });
  const known_settings = await ask('settings_latest', { instance_id });
  return {
    instance_id,
    engine,
    queries,
    tables,
    indexes,
    index_scans: scansByName(indexes),
    observed_s: Math.max(0, ...indexes.map((index) => spanOf(index.window_start, index.window_end))),
    replicas: await replicaUse(context, instance),
    is_replica: instance.is_replica === 1,
    columns: columns.map((column): ColumnSnapshotRow => ({ ...column, batch_id: '' })),
    settings: new Map(known_settings.map(({ name, value, unit }) => [name, { value, unit }])),
    regressions,
    dropped_indexes: await droppedIndexes(context, instance_id, since, as_of, regressions),
    reflections: (await knownReflections(context, instance_id, as_of))?.rows ?? null,
    index_hints: await indexHints(context, instance_id, as_of),
    table_files: await context.ask('table_files_latest', { instance_id }),
    as_of: utc(as_of),
  };
}

/** Lists are read every few minutes; one older than a day is of a server that misses nothing any more, or is not read. */
const hints_are_old_after_s = 86_400;

async function indexHints(
  { ask }: JobContext,
  instance_id: string,
  as_of: Date,
): Promise<DetectorInput['index_hints']> {
  const oldest = utc(new Date(as_of.getTime() - hints_are_old_after_s * 1000));
  return (await ask('index_hints_latest', { instance_id })).filter(({ observed_at }) => observed_at > oldest);
}

async function openRegressions(context: JobContext, instance_id: string, as_of: Date): Promise<readonly Regression[]> {
  const rows = await context.ask('judge_regressions', { instance_id, as_of: utc(as_of) });
  return rows
    .filter(({ state, payload }) => (state === 'open' || state === 'acknowledged') && payload !== '')
    .map(({ payload }) => JSON.parse(payload) as Regression);
}

/** A regressed query is measured since its onset: averaged with the good time before, its cost would look small. */
async function judgedQueries(
  context: JobContext,
  instance_id: string,
  since: Date,
  as_of: Date,
  regressions: readonly Regression[],
): Promise<readonly JudgedQuery[]> {
  const limit = context.settings.judged_max_queries;
  const until = utc(as_of);
  const rows = await context.ask('judge_workload', { instance_id, since: utc(since), as_of: until, limit });
  const since_onset = new Map<string, JudgedQuery>();
  const onsets = [...new Set(regressions.map((regression) => regression.onset_at))];
  for (const onset_at of onsets.filter((onset) => fromUtc(onset) > since)) {
    const hashes = regressions.filter((one) => one.onset_at === onset_at).map((one) => one.query_hash);
    const later = await context.ask('judge_workload', { instance_id, since: onset_at, as_of: until, limit });
    for (const row of later) {
      if (hashes.includes(row.query_hash) && row.span_s > 0) since_onset.set(queryName(row), judgedQuery(row));
    }
  }
  return rows.map((row) => since_onset.get(queryName(row)) ?? judgedQuery(row));
}

const queryName = (row: { query_hash: string; database_name: string }) => `${row.database_name}/${row.query_hash}`;

function judgedQuery(row: ViewRow<'judge_workload'>): JudgedQuery {
  const { features, plan, ...measured } = row;
  return {
    ...measured,
    features: JSON.parse(features) as Features,
    plan: plan === '' ? null : (JSON.parse(plan) as PlanNode),
  };
}

/** Dropped since the judged span began, or since the oldest open regression, whichever is earlier. */
async function droppedIndexes(
  context: JobContext,
  instance_id: string,
  since: Date,
  as_of: Date,
  regressions: readonly Regression[],
): Promise<readonly DroppedIndex[]> {
  const earliest = Math.min(since.getTime(), ...regressions.map((one) => fromUtc(one.onset_after).getTime()));
  const [from, to] = [utc(new Date(earliest)), utc(as_of)];
  const events = await context.ask('judge_events', { instance_id, since: from, as_of: to, until: to });
  return events
    .filter((event) => event.kind === 'index_dropped')
    .flatMap((event) => {
      const [schema_name, table_name, ...more] = event.object_name.split('.');
      if (!schema_name || !table_name || more.length > 0) return [];
      const { database_name, subject: index_name, before: definition, occurred_at: dropped_at } = event;
      return [{ database_name, schema_name, table_name, index_name, definition, dropped_at }];
    });
}

const spanOf = (start: string, end: string) => (fromUtc(end).getTime() - fromUtc(start).getTime()) / 1000;

/** Back into the snapshot's own form, its window being the whole time that the counts are sums over. */
const windowOf = ({
  observed_at,
  observed_s,
}: {
  observed_at: ViewRow<'tables_latest'>['observed_at'];
  observed_s: number;
}) => ({
  window_start: utc(new Date(fromUtc(observed_at).getTime() - observed_s * 1000)),
  window_end: observed_at,
});

const whole = (count: number) => BigInt(Math.round(count));

export function tableRow(row: ViewRow<'tables_latest'>): TableSnapshotRow {
  const { observed_at: _at, observed_s: _s, ...facts } = row;
  return {
    ...facts,
    ...windowOf(row),
    live_rows: whole(row.live_rows),
    dead_rows: whole(row.dead_rows),
    modified_since_analyze_rows: whole(row.modified_since_analyze_rows),
    size_bytes: whole(row.size_bytes),
    seq_scans: whole(row.seq_scans),
    seq_rows_read: whole(row.seq_rows_read),
    index_scans: whole(row.index_scans),
    inserted_rows: whole(row.inserted_rows),
    updated_rows: whole(row.updated_rows),
    deleted_rows: whole(row.deleted_rows),
    batch_id: '',
  };
}

export function indexRow(row: ViewRow<'indexes_latest'>): IndexSnapshotRow {
  const { observed_at: _at, observed_s: _s, ...facts } = row;
  return { ...facts, ...windowOf(row), size_bytes: whole(row.size_bytes), scans: whole(row.scans), batch_id: '' };
}
