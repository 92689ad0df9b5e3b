import { utc, type WaitDeltaRow } from '@plumbline/contracts';
import { shaped, text, type RowOf } from '../fields.js';
import { waitClassOf } from '../wait-class.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';
import { StatementMemory, type RememberedHashes } from './statement-memory.js';

interface SessionActivityState {
  readonly shape: 'oracle.session-activity.1';
  readonly at: string;
  readonly hashes: RememberedHashes;
}

const shape = 'oracle.session-activity.1';
/** After a pause of the collector one sample must not stand for the whole pause. */
const longest_sample_ms = 60_000;

const session_shape = { con_id: text, sql_id: text, state: text, wait_class: text, event: text };
type Session = RowOf<typeof session_shape>;

/** One reading is one sample of every running session; it stands for the time since the last one. */
export const sessionActivity: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<SessionActivityState>(previous, shape);
    const window = windowOf(reading, before?.at);
    const { rows, malformed } = shaped(await query('sessions.sql'), session_shape);
    const memory = new StatementMemory(before?.hashes, reading);
    await memory.learn(
      query,
      rows.map(({ sql_id }) => sql_id),
    );
    const running = rows.filter(({ sql_id }) => !memory.isOwn(sql_id));
    const span = {
      ...{ instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) },
    };
    const elapsed_ms = Math.min(window.end.getTime() - window.start.getTime(), longest_sample_ms);
    const told = {
      wait_deltas:
        elapsed_ms > 0 ? waitsOf(running, memory, reading, elapsed_ms).map((wait) => ({ ...span, ...wait })) : [],
      instance_metrics: [{ ...span, metric: 'sessions.active', value: running.length, unit: 'count' }],
    };
    const state: SessionActivityState = { shape, at: window.end.toISOString(), hashes: memory.remembered() };
    const outcome = worst(malformedOutcome(malformed, 'GV$SESSION'));
    return collected(window, before === undefined ? {} : told, state, rows.length, outcome);
  });

type Wait = Omit<WaitDeltaRow, 'batch_id' | 'instance_id' | 'window_start' | 'window_end'>;

function waitsOf(sessions: readonly Session[], memory: StatementMemory, reading: Reading, elapsed_ms: number): Wait[] {
  const { facts } = reading.source;
  const groups = new Map<string, Wait>();
  for (const session of sessions) {
    const waits = session.state === 'WAITING';
    const wait = {
      query_hash: memory.hashOf(session.sql_id),
      database_name: facts.containers_by_id.get(session.con_id) ?? facts.database_name,
      wait_class: waits ? waitClassOf(session.wait_class) : ('cpu' as const),
      wait_event: waits ? session.event : '',
    };
    const key = JSON.stringify(wait);
    const samples = (groups.get(key)?.samples ?? 0) + 1;
    groups.set(key, { ...wait, samples, sampled_time_us: BigInt(samples) * BigInt(elapsed_ms) * 1_000n });
  }
  return [...groups.values()];
}
