import { utc, type WaitDeltaRow } from '@plumbline/contracts';
import { place, shaped, text, type RowOf } from '../fields.js';
import { waitClassOf } from '../wait-class.js';
import { databaseOf } from './awr-sqlstat.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import type { Marks, Snapshot } from './snapshot-rows.js';
import { awrDbid, latestMarks, newSnapshots } from './snapshots.js';
import { StatementMemory, type RememberedHashes } from './statement-memory.js';

interface AwrActivityState {
  readonly shape: 'oracle.awr-activity.1';
  readonly at: string;
  readonly dbid: string;
  readonly marks: Marks;
  readonly hashes: RememberedHashes;
}

const shape = 'oracle.awr-activity.1';
const sample_us = 10_000_000n;

const ash_shape = {
  ...{ sql_id: text, con_dbid: text, session_state: text, wait_class: text, event: text },
  samples: place,
};
type Ash = RowOf<typeof ash_shape>;

/** What sessions did in each snapshot, as ASH sampled it: rows × 10 s, never distinct sessions. */
export const awrActivity: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const dbid = awrDbid(reading);
    const state = stateOf<AwrActivityState>(previous, shape);
    const before = state?.dbid === dbid ? state : undefined;
    const window = windowOf(reading, before?.at);
    const found =
      before === undefined ? await latestMarks(query, reading) : await newSnapshots(query, reading, before.marks);
    const read: { readonly snapshot: Snapshot; readonly rows: readonly Ash[] }[] = [];
    let malformed = 0;
    for (const snapshot of found.snapshots) {
      reading.tools.abort.throwIfAborted();
      const { snap_id, instance_number } = snapshot;
      const answer = shaped(await query('awr-ash.sql', { dbid, snap_id, instance_number }), ash_shape);
      malformed += answer.malformed;
      read.push({ snapshot, rows: answer.rows });
    }
    const memory = new StatementMemory(before?.hashes, reading);
    await memory.learn(
      query,
      read.flatMap(({ rows }) => rows.map(({ sql_id }) => sql_id)),
    );
    const wait_deltas = read.flatMap(({ snapshot, rows }) => waitsOf(rows, snapshot, memory, reading));
    const after: AwrActivityState = {
      ...{ shape, at: window.end.toISOString(), dbid, marks: found.marks },
      hashes: memory.remembered(),
    };
    const rows_read = read.reduce((total, { rows }) => total + rows.length, 0);
    const outcome = worst(found.outcome, malformedOutcome(malformed, 'DBA_HIST_ACTIVE_SESS_HISTORY'));
    return collected(window, { wait_deltas }, after, rows_read, outcome);
  });

type Wait = Omit<WaitDeltaRow, 'batch_id'>;

/** Two literal variants of one statement are one here: their samples are added. */
function waitsOf(rows: readonly Ash[], snapshot: Snapshot, memory: StatementMemory, reading: Reading): Wait[] {
  const groups = new Map<string, Wait>();
  for (const row of rows) {
    if (row.wait_class === 'Idle' || memory.isOwn(row.sql_id)) continue;
    const runs = row.session_state === 'ON CPU';
    const wait = {
      query_hash: memory.hashOf(row.sql_id),
      database_name: databaseOf(row.con_dbid, reading),
      wait_class: runs ? ('cpu' as const) : waitClassOf(row.wait_class),
      wait_event: runs ? '' : row.event,
    };
    const key = JSON.stringify(wait);
    const samples = (groups.get(key)?.samples ?? 0) + row.samples;
    groups.set(key, {
      ...{ instance_id: reading.instance_id, ...wait, samples, sampled_time_us: BigInt(samples) * sample_us },
      ...{ window_start: utc(snapshot.window_start), window_end: utc(snapshot.window_end) },
    });
  }
  return [...groups.values()];
}
