import { utc, type QueryDeltaRow } from '@plumbline/contracts';
import { counterChange, toCounters, type Change } from '../normalize.js';
import { key, shaped, text, whole, type RowOf } from '../rows.js';
import { module_name, type Query } from '../source.js';
import { collected, malformedOutcome, stateOf, windowOf, worst, type CollectAspect, type Reading } from './reading.js';
import type { Marks } from './snapshot-rows.js';
import { latestStatspackMarks, newStatspackSnapshots, type StatspackSnapshot } from './statspack-snapshots.js';
import { learnTexts, lostTemplate, lost_text, own_statement, type KnownText } from './texts.js';

interface StatspackState {
  readonly shape: 'oracle.statspack-statements.1';
  readonly at: string;
  readonly dbid: string;
  readonly marks: Marks;
  readonly texts: Readonly<Record<string, KnownText>>;
}

const shape = 'oracle.statspack-statements.1';
const longest_memory = 20_000;

const summary_shape = {
  ...{ sql_id: key, old_hash_value: text, text_subset: text, module: text, executions: whole, elapsed_us: whole },
  ...{ cpu_us: whole, io_wait_us: whole, application_wait_us: whole, concurrency_wait_us: whole },
  ...{ rows_processed: whole, buffer_gets: whole, disk_reads: whole, physical_read_bytes: whole },
  ...{ physical_write_bytes: whole },
};
type Summary = RowOf<typeof summary_shape>;

interface Told extends Change {
  readonly row: Summary;
  readonly snapshot: StatspackSnapshot;
}

/**
 * What statements did between Statspack's snapshots: it keeps totals, so two neighbours are subtracted. One that is not
 * in the older of the two was below its thresholds or was loaded since: all it has counted is told, and flagged.
 */
export const statspackStatements: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const { dbid } = reading.source.facts;
    const state = stateOf<StatspackState>(previous, shape);
    const before = state?.dbid === dbid ? state : undefined;
    const window = windowOf(reading, before?.at);
    const found =
      before === undefined
        ? await latestStatspackMarks(query, reading)
        : await newStatspackSnapshots(query, reading, before.marks);
    const told: Told[] = [];
    let malformed = 0;
    for (const snapshot of found.snapshots) {
      reading.tools.abort.throwIfAborted();
      const answer = await changesOf(query, reading, snapshot);
      told.push(...answer.told);
      malformed += answer.malformed;
    }
    const known = new Map(Object.entries(before?.texts ?? {}));
    const ids = new Set(told.filter(({ row }) => row.module !== module_name).map(({ row }) => row.sql_id));
    const unknown = [...ids].filter((id) => (known.get(id) ?? lost_text) === lost_text);
    const learned = await learnTexts(query, reading, unknown, new Set(known.values()));
    for (const [sql_id, meaning] of learned.texts) known.set(sql_id, meaning);
    const meaning = ({ row }: Told): KnownText =>
      row.module === module_name ? own_statement : (known.get(row.sql_id) ?? lost_text);
    const after: StatspackState = {
      ...{ shape, at: window.end.toISOString(), dbid, marks: found.marks },
      texts: Object.fromEntries([...known].slice(-longest_memory)),
    };
    const query_deltas = told
      .filter((one) => meaning(one) !== own_statement)
      .map((one) => deltaRow(one, meaning(one), reading));
    const outcome = worst(found.outcome, malformedOutcome(malformed, 'STATS$SQL_SUMMARY'));
    return collected(window, { query_deltas, queries: learned.queries }, after, told.length, outcome);
  });

const keyOf = (row: Summary): string => JSON.stringify([row.sql_id, row.old_hash_value, row.text_subset]);

async function changesOf(query: Query, reading: Reading, snapshot: StatspackSnapshot) {
  const { block_bytes } = reading.source.facts;
  const countersOf = (row: Summary) => toCounters(row, block_bytes, snapshot.mark.startup);
  const read = async (snap_id: number) => {
    const { instance_number } = snapshot;
    const raw = await query('statspack-sql.sql', { dbid: reading.source.facts.dbid, snap_id, instance_number });
    return shaped(raw, summary_shape);
  };
  const older = snapshot.previous_snap_id === undefined ? undefined : await read(snapshot.previous_snap_id);
  const before = new Map((older?.rows ?? []).map((row) => [keyOf(row), countersOf(row)]));
  const now = await read(snapshot.snap_id);
  const told = now.rows.map((row): Told => {
    const was = before.get(keyOf(row));
    const change = counterChange(countersOf(row), was);
    return { row, snapshot, delta: change.delta, flags: was === undefined ? ['counter_reset'] : change.flags };
  });
  const moved = told.filter(({ delta }) => delta.calls > 0n || delta.total_time_us > 0n);
  return { told: moved, malformed: now.malformed + (older?.malformed ?? 0) };
}

function deltaRow({ row, snapshot, delta, flags }: Told, meaning: KnownText, reading: Reading) {
  return {
    ...delta,
    instance_id: reading.instance_id,
    ...{ window_start: utc(snapshot.window_start), window_end: utc(snapshot.window_end) },
    query_hash: meaning === lost_text ? lostTemplate(row.sql_id, reading).query_hash : meaning,
    ...{ database_name: reading.source.facts.database_name, user_name: '', native_id: row.sql_id, is_nested: 0 },
    ...{ plan_hash: '', min_time_us: null, max_time_us: null, bucket_upper_us: [], bucket_calls: [] },
    ...{ percentile_origin: 'means', flags },
  } satisfies Omit<QueryDeltaRow, 'batch_id'>;
}
