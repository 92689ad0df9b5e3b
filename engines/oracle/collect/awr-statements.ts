import { utc, type AspectOutcome, type CollectedRows, type InstanceEventRow } from '@plumbline/contracts';
import { databaseOf, deltaRow, isOwn, readSqlStats, type SnapshotRows, type SqlStat } from './awr-sqlstat.js';
import { plansInUse, type PlansInUse } from './plan-changes.js';
import { collected, degraded, malformedOutcome, stateOf, windowOf, worst } from './reading.js';
import type { CollectAspect, Reading } from './reading.js';
import type { Marks } from './snapshot-rows.js';
import { awrDbid, latestMarks, newSnapshots } from './snapshots.js';
import { learnTexts, lostTemplate, lost_text, own_statement, type KnownText } from './texts.js';

/** What a SQL_ID means, and per instance the plan it last ran with. */
type Known = readonly [KnownText, PlansInUse];

interface AwrStatementsState {
  readonly shape: 'oracle.awr-statements.1';
  readonly at: string;
  /** Another one is another database: a clone, or another scope. */
  readonly dbid: string;
  readonly marks: Marks;
  readonly statements: Readonly<Record<string, Known>>;
}

const shape = 'oracle.awr-statements.1';
/** SQL_IDs remembered, the last used last; a text that is forgotten is only read again. */
const longest_memory = 20_000;

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
    const known = new Map(Object.entries(before?.statements ?? {}));
    const hashes = new Set([...known.values()].map(([hash]) => hash));
    const learned = await learnTexts(query, reading, unknownIds(answer.read, known), hashes);
    for (const [sql_id, meaning] of learned.texts) known.set(sql_id, [meaning, known.get(sql_id)?.[1] ?? {}]);
    const told = answer.read.map((one) => tell(one, reading, known));
    const after: AwrStatementsState = {
      ...{ shape, at: window.end.toISOString(), dbid, marks: found.marks },
      statements: Object.fromEntries([...known].slice(-longest_memory)),
    };
    return collected(
      window,
      { ...merged(told), queries: learned.queries },
      after,
      answer.rows_read,
      worst(found.outcome, malformedOutcome(answer.malformed, 'DBA_HIST_SQLSTAT'), lostOutcome(learned.lost)),
    );
  });

function unknownIds(read: readonly SnapshotRows[], known: ReadonlyMap<string, Known>): string[] {
  const seen = read.flatMap(({ rows }) => rows.filter((row) => !isOwn(row)).map(({ sql_id }) => sql_id));
  return [...new Set(seen)].filter((id) => (known.get(id)?.[0] ?? lost_text) === lost_text);
}

type Told = Required<Pick<CollectedRows, 'query_deltas' | 'instance_events' | 'instance_metrics'>>;

const merged = (told: readonly Told[]): Told => ({
  query_deltas: told.flatMap(({ query_deltas }) => query_deltas),
  instance_events: told.flatMap(({ instance_events }) => instance_events),
  instance_metrics: told.flatMap(({ instance_metrics }) => instance_metrics),
});

/** One snapshot as rows. `known` learns which plans are in use now. */
function tell({ snapshot, rows }: SnapshotRows, reading: Reading, known: Map<string, Known>): Told {
  const { instance_id } = reading;
  const span = { instance_id, window_start: utc(snapshot.window_start), window_end: utc(snapshot.window_end) };
  const meaning = (row: SqlStat): KnownText => (isOwn(row) ? own_statement : (known.get(row.sql_id)?.[0] ?? lost_text));
  const hashOf = (row: SqlStat): string =>
    meaning(row) === lost_text ? lostTemplate(row.sql_id, reading).query_hash : meaning(row);
  const others = rows.filter((row) => meaning(row) !== own_statement);
  const source_us = rows
    .filter((row) => meaning(row) === own_statement)
    .reduce((total, { elapsed_us }) => total + (elapsed_us ?? 0n), 0n);
  const query_deltas = others.map((row) => deltaRow(row, hashOf(row), reading, span));
  return {
    query_deltas,
    instance_events: planEvents(others, snapshot.instance_number, known).map(({ row, before, after }) => ({
      ...{ instance_id, kind: 'plan_changed', object_name: row.sql_id, subject: after, before, after },
      ...{ occurred_at: span.window_end, noticed_after: span.window_start, query_hash: hashOf(row) },
      database_name: databaseOf(row.con_dbid, reading),
    })),
    instance_metrics: [
      { ...span, metric: 'plumbline.source_time_us', value: Number(source_us), unit: 'us' },
      { ...span, metric: 'statements.entries', value: rows.length, unit: 'count' },
    ],
  };
}

type PlanEvent = Pick<InstanceEventRow, 'before' | 'after'> & { readonly row: SqlStat };

function planEvents(rows: readonly SqlStat[], instance_number: number, known: Map<string, Known>): PlanEvent[] {
  const by_id = new Map(rows.map((row) => [row.sql_id, row]));
  const in_use = plansInUse(rows, instance_number, (sql_id) => known.get(sql_id)?.[1] ?? {});
  return in_use.flatMap(({ sql_id, plan_hash, before }) => {
    const [meaning, plans] = known.get(sql_id) ?? [lost_text, {}];
    known.delete(sql_id); // set again at the end: what was used last is forgotten last
    known.set(sql_id, [meaning, { ...plans, [instance_number]: plan_hash }]);
    const row = by_id.get(sql_id);
    return before === undefined || row === undefined ? [] : [{ row, before, after: plan_hash }];
  });
}

const lostOutcome = (lost: number): AspectOutcome | undefined =>
  lost === 0
    ? undefined
    : degraded(
        `AWR and the cursor cache have no text of ${lost} statements; what they did is told under their SQL_ID`,
        'Nothing to do: a text that comes later is used from then on',
      );
