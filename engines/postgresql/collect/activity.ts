import { utc, type AspectOutcome, type WaitDeltaRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { quoted, statement, type Query } from '../source.js';
import type { CollectAspect, Reading } from './reading.js';
import { readExtension } from './statements-read.js';
import { queryTexts } from './texts-read.js';

interface Session {
  readonly database_name: string;
  readonly native_id: string;
  readonly text: string;
  readonly state: string;
  readonly is_cut: boolean | null;
  readonly wait_type: string;
  readonly wait_event: string;
}

interface ActivityState {
  readonly shape: 'postgresql.activity.1';
  readonly at: string;
  /** Statement id → query_hash, for texts that pg_stat_activity cuts. The newest last. */
  readonly hashes: readonly (readonly [native_id: string, query_hash: string])[];
}

const shape = 'postgresql.activity.1';
const longest_memory = 2_000;
/** After a pause of the collector one sample must not stand for the whole pause. */
const longest_sample_ms = 60_000;
const hidden_text = '<insufficient privilege>';

type WaitClass = WaitDeltaRow['wait_class'];
const wait_classes: Readonly<Record<string, WaitClass>> = {
  '': 'cpu',
  IO: 'io',
  Lock: 'lock',
  LWLock: 'lwlock',
  BufferPin: 'lwlock',
  Buffer: 'lwlock',
  Client: 'client',
  IPC: 'ipc',
};

/** No wait event means that the session runs on a processor. */
export const waitClass = (wait_type: string): WaitClass => wait_classes[wait_type] ?? 'other';

/** One reading is one sample of every running session; it stands for the time since the last one. */
export const activity: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const before = stateOf<ActivityState>(previous, shape);
    const window = windowOf(reading, before?.at);
    const sessions = await query<Session>(
      statement(reading.source.facts.major >= 14 ? 'activity@14.sql' : 'activity.sql'),
    );
    const running = sessions.filter(({ state }) => state === 'active' || state === 'fastpath function call');
    const hashes = new Map(before?.hashes ?? []);
    await learnCutTexts(query, running, reading, hashes);
    const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
    const elapsed_ms = Math.min(window.end.getTime() - window.start.getTime(), longest_sample_ms);
    const state: ActivityState = { shape, at: window.end.toISOString(), hashes: [...hashes].slice(-longest_memory) };
    const idle = sessions.filter(({ state }) => state.startsWith('idle in transaction')).length;
    const rows = {
      wait_deltas:
        elapsed_ms > 0 ? waits(running, reading, hashes, elapsed_ms).map((row) => ({ ...base, ...row })) : [],
      instance_metrics: [
        { ...base, metric: 'sessions.active', value: running.length, unit: 'count' },
        { ...base, metric: 'sessions.idle_in_transaction', value: idle, unit: 'count' },
      ],
    };
    return collected(window, before === undefined ? {} : rows, state, sessions.length, outcomeOf(sessions, reading));
  });

type Wait = Omit<WaitDeltaRow, 'batch_id' | 'instance_id' | 'window_start' | 'window_end'>;

function waits(
  running: readonly Session[],
  reading: Reading,
  hashes: ReadonlyMap<string, string>,
  elapsed_ms: number,
): Wait[] {
  const groups = new Map<string, Wait>();
  for (const session of running) {
    const query_hash = hashOf(session, reading, hashes);
    const wait_class = waitClass(session.wait_type);
    const key = JSON.stringify([query_hash, session.database_name, wait_class, session.wait_event]);
    const samples = (groups.get(key)?.samples ?? 0) + 1;
    groups.set(key, {
      query_hash,
      database_name: session.database_name,
      wait_class,
      wait_event: session.wait_event,
      samples,
      sampled_time_us: BigInt(samples) * BigInt(elapsed_ms) * 1000n,
    });
  }
  return [...groups.values()];
}

function hashOf(session: Session, reading: Reading, hashes: ReadonlyMap<string, string>): string {
  const known = hashes.get(session.native_id);
  if (session.is_cut === true && known !== undefined) return known;
  if (session.text === '' || session.text === hidden_text) return '';
  const limit = session.is_cut === true ? Buffer.byteLength(session.text) : undefined;
  return reading.tools.template(session.text, limit).query_hash;
}

/** pg_stat_activity cuts texts at 1 kB by default; pg_stat_statements has them whole, under the same id. */
async function learnCutTexts(
  query: Query,
  running: readonly Session[],
  reading: Reading,
  hashes: Map<string, string>,
): Promise<void> {
  const cut = running.filter(({ is_cut, native_id }) => is_cut === true && native_id !== '' && !hashes.has(native_id));
  if (cut.length === 0) return;
  const extension = await readExtension(query);
  if (extension === undefined) return;
  await query('SAVEPOINT texts');
  try {
    for (const row of await queryTexts(query, extension, [...new Set(cut.map(({ native_id }) => native_id))])) {
      if (row.text === null || row.is_cut) continue;
      hashes.set(row.queryid, reading.tools.template(row.text).query_hash);
    }
  } catch {
    // Not loaded at server start, or no text is told: the statements aspect says so; here the cut text serves.
    await query('ROLLBACK TO texts');
  }
}

function outcomeOf(sessions: readonly Session[], reading: Reading): AspectOutcome {
  const hidden = sessions.filter(({ text }) => text === hidden_text).length;
  if (hidden === 0) return { state: 'ok', message: '', fix: '' };
  const user_name = reading.source.facts.user_name;
  return {
    state: 'denied',
    message: `${hidden} running sessions of other users are hidden from "${user_name}"`,
    fix: `GRANT pg_read_all_stats TO ${quoted(user_name)}`,
  };
}
