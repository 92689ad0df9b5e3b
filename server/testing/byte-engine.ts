import { stat } from 'node:fs/promises';
import { aspect_ok, utc, zero_measures } from '@plumbline/contracts';
import type { Collected, CollectTools, Engine } from '@plumbline/contracts';

const notAsked = (): never => {
  throw new Error('not asked in these tests');
};

interface State {
  readonly at: string;
  readonly bytes: number;
}

/** A source whose only counter is the size of a file (`host`): a byte appended to it is one call. */
export const byteEngine = (onRead: (instance_id: string, bytes: number) => void): Engine => ({
  id: 'bytes',
  label: 'Bytes',
  dialect: 'postgresql',
  abilities: ['statements'],
  default_port: 1,
  url_schemes: [],
  aspects: [
    { name: 'statements', summary: '', interval_s: 1, budget_ms: 60_000, budget_rows: 100, reads: [], needs: '' },
  ],
  render: notAsked,
  connect: async ({ host, instance_id }) => ({
    server_version: '1',
    collect: (_aspect, previous, tools) => read(host, instance_id, previous as State | undefined, tools, onRead),
    checkup: async () => [],
    what_if: { can_prove: false, reason: '', fix: '', plan: notAsked, indexSizeBytes: notAsked },
    close: async () => undefined,
  }),
});

async function read(
  path: string,
  instance_id: string,
  previous: State | undefined,
  tools: CollectTools,
  onRead: (instance_id: string, bytes: number) => void,
): Promise<Collected> {
  const { size: bytes } = await stat(path);
  onRead(instance_id, bytes);
  const window_end = tools.clock.now();
  const window_start = previous === undefined ? window_end : new Date(previous.at);
  const calls = previous === undefined ? 0n : BigInt(bytes - previous.bytes);
  const row = {
    ...zero_measures,
    calls,
    total_time_us: calls,
    instance_id,
    query_hash: '0'.repeat(16),
    window_start: utc(window_start),
    window_end: utc(window_end),
    database_name: 'bytes',
    user_name: 'bytes',
    native_id: '1',
    is_nested: 0 as const,
    plan_hash: '',
    min_time_us: null,
    max_time_us: null,
    bucket_upper_us: [],
    bucket_calls: [],
    percentile_origin: 'means' as const,
    flags: [],
  };
  const state: State = { at: window_end.toISOString(), bytes };
  const rows = { query_deltas: calls === 0n ? [] : [row] };
  return { rows, state, outcome: aspect_ok, rows_read: 1, window_start, window_end };
}
