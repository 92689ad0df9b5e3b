import { utc, type QueryDeltaRow } from '@plumbline/contracts';
import { counterChange, toCounters, type Change } from '../normalize.js';
import { key, shaped, text, whole, type RowOf } from '../fields.js';
import { module_name, type Query } from '../source.js';
import { KnownStatements, lostOutcome, type RememberedStatements } from './known-statements.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import type { Marks } from './snapshot-rows.js';
import { latestStatspackMarks, newStatspackSnapshots, type StatspackSnapshot } from './statspack-snapshots.js';

interface StatspackState {
  readonly shape: 'oracle.statspack-statements.1';
  readonly at: string;
  readonly dbid: string;
  readonly marks: Marks;
  readonly statements: RememberedStatements;
}

const shape = 'oracle.statspack-statements.1';

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
    const known = new KnownStatements(before?.statements, reading);
    const ids = told.filter((one) => !isOwn(one)).map(({ row }) => row.sql_id);
    const learned = await known.learn(query, ids);
    const others = told.filter((one) => !isOwn(one) && !known.isOwn(one.row.sql_id));
    const query_deltas = others.map((one) => deltaRow(one, known.hashOf(one.row.sql_id), reading));
    const after: StatspackState = {
      ...{ shape, at: window.end.toISOString(), dbid, marks: found.marks, statements: known.remembered() },
    };
    const outcome = worst(found.outcome, malformedOutcome(malformed, 'STATS$SQL_SUMMARY'), lostOutcome(learned));
    return collected(window, { query_deltas, queries: learned.queries }, after, told.length, outcome);
  });

const isOwn = ({ row }: Told): boolean => row.module === module_name;
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

function deltaRow({ row, snapshot, delta, flags }: Told, query_hash: string, reading: Reading) {
  return {
    ...delta,
    instance_id: reading.instance_id,
    ...{ window_start: utc(snapshot.window_start), window_end: utc(snapshot.window_end) },
    query_hash,
    ...{ database_name: reading.source.facts.database_name, user_name: '', native_id: row.sql_id, is_nested: 0 },
    ...{ plan_hash: '', min_time_us: null, max_time_us: null, bucket_upper_us: [], bucket_calls: [] },
    ...{ percentile_origin: 'means', flags },
  } satisfies Omit<QueryDeltaRow, 'batch_id'>;
}
