import { utc, type AspectOutcome, type WaitDeltaRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { serverStateGrant } from '../grants.js';
import { parsed, type Fields } from '../fields.js';
import { marker, statement } from '../statement.js';
import { waitClass } from '../wait-class.js';
import { unreadableGap, outcomeOf } from './outcome.js';
import { readPermissions } from './permissions.js';
import type { CollectAspect, Reading } from './reading.js';

interface Request {
  readonly database_name: string;
  readonly status: string;
  readonly wait_type: string;
  readonly is_blocked: boolean;
  readonly wait_time_ms: number;
  readonly text: string;
}

interface ActivityState {
  readonly shape: 'sqlserver.activity.1';
  readonly at: string;
}

const shape = 'sqlserver.activity.1';
/** After a pause of the collector one sample must not stand for the whole pause. */
const longest_sample_ms = 60_000;
const at_work: ReadonlySet<string> = new Set(['running', 'runnable', 'suspended', 'pending']);

const requestOf = (row: Fields): Request => ({
  database_name: row.text('database_name'),
  status: row.text('status').toLowerCase(),
  wait_type: row.text('wait_type'),
  is_blocked: (row.number('blocking_session_id') ?? 0) > 0,
  wait_time_ms: row.number('wait_time') ?? 0,
  text: row.text('text'),
});

/** One reading is one sample of every running request; it stands for the time since the last one. */
export const activity: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const before = stateOf<ActivityState>(previous, shape);
    const window = windowOf(reading, before?.at);
    const permissions = await readPermissions(query, reading.source.facts);
    const { rows: requests, unreadable } = parsed(await query(statement('activity.sql')), requestOf);
    const [sessions] = await query(statement('activity-sessions.sql'));
    const running = requests.filter(({ status, text }) => at_work.has(status) && !text.includes(marker));
    const blocked = running.filter(({ is_blocked }) => is_blocked);
    const base = { instance_id: reading.instance_id, window_start: utc(window.start), window_end: utc(window.end) };
    const elapsed_ms = Math.min(window.end.getTime() - window.start.getTime(), longest_sample_ms);
    const gauges: readonly (readonly [metric: string, value: number, unit: string])[] = [
      ['sessions.active', running.length, 'count'],
      ['sessions.blocked', blocked.length, 'count'],
      ['sessions.longest_block_us', 1_000 * Math.max(0, ...blocked.map(({ wait_time_ms }) => wait_time_ms)), 'us'],
      ['sessions.idle_in_transaction', sessions?.number('idle_in_transaction') ?? 0, 'count'],
    ];
    const rows = {
      wait_deltas: elapsed_ms > 0 ? samples(running, reading, elapsed_ms).map((row) => ({ ...base, ...row })) : [],
      instance_metrics: gauges.map(([metric, value, unit]) => ({ ...base, metric, value, unit })),
    };
    const state: ActivityState = { shape, at: window.end.toISOString() };
    const outcome = permissions.sees_server
      ? outcomeOf(unreadableGap('sys.dm_exec_requests', unreadable))
      : hidden(reading);
    return collected(window, before === undefined ? {} : rows, state, requests.length, outcome);
  });

type Sample = Omit<WaitDeltaRow, 'batch_id' | 'instance_id' | 'window_start' | 'window_end'>;

/** Where Query Store measures the waits of statements (collect/waits.ts), only those on a processor are sampled. */
function samples(running: readonly Request[], reading: Reading, elapsed_ms: number): Sample[] {
  const groups = new Map<string, Sample>();
  for (const request of running) {
    const is_measured = reading.source.measured_waits.has(request.database_name);
    if (is_measured && request.status !== 'running') continue;
    const wait_event = request.status === 'running' ? '' : request.wait_type;
    const wait_class = waitClass(wait_event);
    const query_hash = request.text === '' ? '' : reading.tools.template(request.text).query_hash;
    const key = JSON.stringify([query_hash, request.database_name, wait_event]);
    const count = (groups.get(key)?.samples ?? 0) + 1;
    groups.set(key, {
      ...{ query_hash, database_name: request.database_name, wait_class, wait_event, samples: count },
      sampled_time_us: BigInt(count) * BigInt(elapsed_ms) * 1000n,
    });
  }
  return [...groups.values()];
}

const hidden = (reading: Reading): AspectOutcome => ({
  state: 'denied',
  message: `the sessions of others are hidden from "${reading.source.facts.user_name}"`,
  fix: serverStateGrant(reading.source.facts),
});
