import { utc, type CollectedRows } from '@plumbline/contracts';
import { databaseOf, deltaRow, isOwn, readSqlStats, type SnapshotRows, type SqlStat } from './awr-sqlstat.js';
import { KnownStatements, lostOutcome, type RememberedStatements } from './known-statements.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import type { Marks } from './snapshot-rows.js';
import { awrDbid, latestMarks, newSnapshots } from './snapshots.js';

interface AwrStatementsState {
  readonly shape: 'oracle.awr-statements.1';
  readonly at: string;
  /** Another one is another database: a clone, or another scope. */
  readonly dbid: string;
  readonly marks: Marks;
  readonly statements: RememberedStatements;
}

const shape = 'oracle.awr-statements.1';

/**
 * What AWR says each statement did in each snapshot since the last reading, told once, window by window. A statement
 * that is absent was not among the top of its snapshot: that is no zero. The first reading only sets the marks.
 */
export const awrStatements: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const dbid = awrDbid(reading);
    const state = stateOf<AwrStatementsState>(previous, shape);
    const before = state?.dbid === dbid ? state : undefined;
    const window = windowOf(reading, before?.at);
    const found =
      before === undefined ? await latestMarks(query, reading) : await newSnapshots(query, reading, before.marks);
    const answer = await readSqlStats(query, reading, found.snapshots);
    const known = new KnownStatements(before?.statements, reading);
    const seen = answer.read.flatMap(({ rows }) => rows.filter((row) => !isOwn(row)));
    const learned = await known.learn(
      query,
      seen.map(({ sql_id }) => sql_id),
    );
    const told = answer.read.map((one) => tell(one, known, reading));
    const after: AwrStatementsState = {
      ...{ shape, at: window.end.toISOString(), dbid, marks: found.marks, statements: known.remembered() },
    };
    return collected(
      window,
      { ...merged(told), queries: learned.queries },
      after,
      answer.rows_read,
      worst(found.outcome, malformedOutcome(answer.malformed, 'DBA_HIST_SQLSTAT'), lostOutcome(learned)),
    );
  });

type Told = Required<Pick<CollectedRows, 'query_deltas' | 'instance_events' | 'instance_metrics'>>;

const merged = (told: readonly Told[]): Told => ({
  query_deltas: told.flatMap(({ query_deltas }) => query_deltas),
  instance_events: told.flatMap(({ instance_events }) => instance_events),
  instance_metrics: told.flatMap(({ instance_metrics }) => instance_metrics),
});

/** One snapshot as rows. `known` learns which plans are in use now. */
function tell({ snapshot, rows }: SnapshotRows, known: KnownStatements, reading: Reading): Told {
  const { instance_number, window_start, window_end } = snapshot;
  const span = {
    ...{ instance_id: reading.instance_id, window_start: utc(window_start), window_end: utc(window_end) },
  };
  const isOurs = (row: SqlStat): boolean => isOwn(row) || known.isOwn(row.sql_id);
  const others = rows.filter((row) => !isOurs(row));
  const source_us = rows.filter(isOurs).reduce((total, { elapsed_us }) => total + (elapsed_us ?? 0n), 0n);
  const runs = others.map((row) => ({ ...row, instance_number, database_name: databaseOf(row.con_dbid, reading) }));
  return {
    query_deltas: others.map((row) => deltaRow(row, known.hashOf(row.sql_id), reading, span)),
    instance_events: known.planEvents(runs, { start: window_start, end: window_end }),
    instance_metrics: [
      { ...span, metric: 'plumbline.source_time_us', value: Number(source_us), unit: 'us' },
      { ...span, metric: 'statements.entries', value: rows.length, unit: 'count' },
    ],
  };
}
