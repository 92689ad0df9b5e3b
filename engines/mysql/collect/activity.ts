import { utc, type AspectOutcome, type WaitDeltaRow } from '@plumbline/contracts';
import { collected, nothingRead, stateOf, windowOf } from '../../shared/reading.js';
import { allowed } from '../allowed.js';
import type { Fields } from '../fields.js';
import { grantProcess, performanceSchemaOff } from '../grants.js';
import { marker } from '../own-statements.js';
import { rawText, statement, type ServerFacts } from '../source.js';
import { eventClass, stateClass } from '../wait-class.js';
import type { CollectAspect, Reading } from './reading.js';
import { templateOf } from './texts.js';

interface Session {
  readonly database_name: string;
  readonly state: string;
  readonly text: string;
  readonly digest_text: string;
  readonly wait_event: string;
  readonly waits_for_row: boolean;
}

interface ActivityState {
  readonly shape: 'mysql.activity.1';
  readonly at: string;
}

const shape = 'mysql.activity.1';
/** After a pause of the collector one sample must not stand for the whole pause. */
const longest_sample_ms = 60_000;
/** MySQL's list of threads cuts texts here; MariaDB's list of processes does not. */
const longest_thread_text_bytes = 1_024;

/** One reading is one sample of every running session; it stands for the time since the last one. */
export const activity: CollectAspect = async (reading, previous) => {
  const { facts } = reading.source;
  // Without performance_schema MySQL's list of threads is empty; MariaDB's list of processes is another one.
  const is_blind = facts.family === 'mysql' && !facts.has_performance_schema;
  if (is_blind) return nothingRead(reading, previous, performanceSchemaOff(facts));
  return reading.source.read('fast', async (query) => {
    const before = stateOf<ActivityState>(previous, shape);
    const window = windowOf(reading, before?.at);
    const transactions = await allowed(() => query(statement('open-transactions.sql')));
    const rows = await query(statement(`activity-${facts.family}.sql`));
    const running = runningOf(rows, transactions ?? []);
    const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
    const elapsed_ms = Math.min(window.end.getTime() - window.start.getTime(), longest_sample_ms);
    const idle = (transactions ?? []).filter((row) => row.flag('is_idle')).length;
    const gauges = [
      { ...base, metric: 'sessions.active', value: running.length, unit: 'count' },
      { ...base, metric: 'sessions.idle_in_transaction', value: idle, unit: 'count' },
    ];
    const told = {
      wait_deltas: elapsed_ms > 0 ? waits(running, reading, elapsed_ms).map((row) => ({ ...base, ...row })) : [],
      instance_metrics: transactions === undefined ? gauges.slice(0, 1) : gauges,
    };
    const state: ActivityState = { shape, at: window.end.toISOString() };
    return collected(window, before === undefined ? {} : told, state, rows.length, outcomeOf(transactions, facts));
  });
};

function runningOf(rows: readonly Fields[], transactions: readonly Fields[]): Session[] {
  const waiting = new Set(
    transactions.filter((row) => row.text('state') === 'LOCK WAIT').map((row) => row.text('session_id')),
  );
  return rows
    .map((row) => ({
      database_name: row.text('database_name'),
      state: row.text('state'),
      text: row.text('text'),
      digest_text: row.text('digest_text'),
      wait_event: row.text('wait_event'),
      waits_for_row: waiting.has(row.text('session_id')),
    }))
    .filter(({ text }) => !text.startsWith(marker));
}

type Wait = Omit<WaitDeltaRow, 'batch_id' | 'instance_id' | 'window_start' | 'window_end'>;

function waits(running: readonly Session[], reading: Reading, elapsed_ms: number): Wait[] {
  const groups = new Map<string, Wait>();
  for (const session of running) {
    const query_hash = hashOf(session, reading);
    const what = waitOf(session);
    const { database_name } = session;
    const key = JSON.stringify([query_hash, database_name, what]);
    const samples = (groups.get(key)?.samples ?? 0) + 1;
    const sampled_time_us = BigInt(samples) * BigInt(elapsed_ms) * 1000n;
    groups.set(key, { query_hash, database_name, ...what, samples, sampled_time_us });
  }
  return [...groups.values()];
}

/** A row lock is not seen in the state, and an event is nearer than the state. */
function waitOf(session: Session): Pick<Wait, 'wait_class' | 'wait_event'> {
  if (session.waits_for_row) return { wait_class: 'lock', wait_event: 'innodb row lock' };
  if (session.wait_event !== '') {
    return { wait_class: eventClass(session.wait_event), wait_event: session.wait_event };
  }
  return { wait_class: stateClass(session.state), wait_event: session.state };
}

/** The digest's text is the same as in the statements' aspect, even where the session's text is cut. */
function hashOf({ text, digest_text }: Session, reading: Reading): string {
  if (digest_text !== '') return templateOf(digest_text, reading).query_hash;
  if (text === '') return '';
  const is_cut = reading.source.facts.family === 'mysql' && Buffer.byteLength(text) >= longest_thread_text_bytes - 4;
  const raw = rawText(text, reading.source.facts);
  return reading.tools.template(raw, is_cut ? Buffer.byteLength(raw) : undefined).query_hash;
}

function outcomeOf(transactions: readonly Fields[] | undefined, facts: ServerFacts): AspectOutcome {
  if (transactions !== undefined) return { state: 'ok', message: '', fix: '' };
  const fix = grantProcess(facts);
  if (facts.family === 'mysql') {
    return { state: 'degraded', message: 'row lock waits and open transactions may not be read', fix };
  }
  return { state: 'denied', message: `sessions of other users are hidden from ${facts.account}`, fix };
}
