import { counters, sinceCreation, subtract, aspect_ok, utc } from '@plumbline/contracts';
import type { Collected, CollectTools, ConnectionTarget, Engine, StatementMeasures } from '@plumbline/contracts';
import pg from 'pg';

/**
 * The least engine that reads a real pg_stat_statements each time it is asked: for tests of what the collector does with
 * counters. (The PostgreSQL engine holds a statement's first delta back until it has read its text.)
 */
export const probe_marker = 'plumbline_probe';

export interface CounterRow {
  readonly id: string;
  readonly calls: string;
  readonly rows: string;
  readonly total_exec_time: number;
  readonly blocks: string;
}

export const counters_sql = `/* ${probe_marker} */ SELECT userid || '.' || dbid || '.' || toplevel || '.' || queryid AS id,
  calls, rows, total_exec_time, shared_blks_hit + shared_blks_read AS blocks
FROM pg_stat_statements WHERE query NOT LIKE '%${probe_marker}%'`;

type Packed = readonly [calls: string, rows: string, total_time_us: string, logical_read_bytes: string];
export interface CounterState {
  readonly at: string;
  readonly entries: Readonly<Record<string, Packed>>;
}

const block_bytes = 8192n;

export const packedCounters = (row: CounterRow): Packed => [
  row.calls,
  row.rows,
  String(Math.round(row.total_exec_time * 1000)),
  String(BigInt(row.blocks) * block_bytes),
];

const unpacked = ([calls, rows, time, bytes]: Packed): Partial<StatementMeasures> => ({
  calls: BigInt(calls),
  rows_returned: BigInt(rows),
  total_time_us: BigInt(time),
  logical_read_bytes: BigInt(bytes),
});

export const counter_engine: Engine = {
  id: 'counters',
  label: 'Counters',
  dialect: 'postgresql',
  abilities: ['statements'],
  default_port: 5432,
  url_schemes: [],
  aspects: [
    { name: 'statements', summary: '', interval_s: 60, budget_ms: 5_000, budget_rows: 10_000, reads: [], needs: '' },
  ],
  render: () => {
    throw new Error('not asked in these tests');
  },
  async connect(target: ConnectionTarget) {
    const { host, port, database_name: database, user_name: user } = target;
    const client = new pg.Client({ host, port, database, user });
    client.on('error', () => undefined);
    await client.connect();
    return {
      server_version: '15',
      collect: (_aspect, previous, tools) => read(client, target.instance_id, previous as CounterState, tools),
      checkup: async () => [],
      what_if: { can_prove: false, reason: '', fix: '', plan: notAsked, indexSizeBytes: notAsked },
      close: () => client.end(),
    };
  },
};

const notAsked = (): never => {
  throw new Error('not asked in these tests');
};

async function read(
  client: pg.Client,
  instance_id: string,
  previous: CounterState | undefined,
  tools: CollectTools,
): Promise<Collected> {
  const { rows } = await client.query<CounterRow>(counters_sql);
  const window_end = tools.clock.now();
  const window_start = previous === undefined ? window_end : new Date(previous.at);
  const entries = Object.fromEntries(rows.map((row) => [row.id, packedCounters(row)]));
  const place = { instance_id, window_start: utc(window_start), window_end: utc(window_end) };
  const query_deltas = previous === undefined ? [] : rows.flatMap((row) => deltaRow(row, previous, place));
  const state: CounterState = { at: window_end.toISOString(), entries };
  return { rows: { query_deltas }, state, outcome: aspect_ok, rows_read: rows.length, window_start, window_end };
}

function deltaRow(row: CounterRow, previous: CounterState, place: object) {
  const now = counters(unpacked(packedCounters(row)), '');
  const known = previous.entries[row.id];
  const before = known && counters(unpacked(known), '');
  const delta = before === undefined ? sinceCreation(now) : (subtract(now, before) ?? sinceCreation(now));
  if (delta.calls === 0n) return [];
  return [
    {
      ...(place as { instance_id: string; window_start: ReturnType<typeof utc>; window_end: ReturnType<typeof utc> }),
      ...delta,
      query_hash: hashOf(row.id),
      database_name: 'postgres',
      user_name: 'postgres',
      native_id: row.id,
      is_nested: 0 as const,
      plan_hash: '',
      min_time_us: null,
      max_time_us: null,
      bucket_upper_us: [],
      bucket_calls: [],
      percentile_origin: 'means' as const,
      flags: [],
    },
  ];
}

const hashOf = (id: string): string =>
  BigInt.asUintN(64, BigInt(id.split('.').at(-1) ?? 0))
    .toString(16)
    .padStart(16, '0');
