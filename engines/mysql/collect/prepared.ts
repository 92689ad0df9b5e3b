import { measure_names, utc, zero_measures, type QueryDeltaRow, type QueryRow } from '@plumbline/contracts';
import { queryRow } from '../../shared/query-row.js';
import { changeOf, pack, rawStatement, toCounters, unpack, type Change, type PackedCounters } from '../normalize.js';
import { rawText, statement, type Query } from '../source.js';
import type { Reading } from './reading.js';
import type { KnownText } from './statements-state.js';

type Row<Table> = Omit<Table, 'batch_id'>;

export interface PreparedState {
  /** Runs of any prepared statement since the start of the server. */
  readonly runs: string;
  /** By `prepared_id`. */
  readonly entries: Readonly<Record<string, readonly [KnownText, PackedCounters]>>;
}

export interface Prepared {
  readonly query_deltas: readonly Row<QueryDeltaRow>[];
  readonly queries: readonly Row<QueryRow>[];
  readonly state: PreparedState;
  /** Runs of statements that their session closed before this reading: nobody knows which. */
  readonly missed_calls: bigint;
}

interface Entry {
  readonly id: string;
  readonly schema_name: string;
  readonly packed: PackedCounters;
  readonly known: KnownText;
  readonly change: Change;
}

type Base = Pick<QueryDeltaRow, 'instance_id' | 'window_start' | 'window_end'>;

/**
 * MariaDB counts statements that are prepared and run by the protocol (most drivers' bound parameters) in no digest, only
 * with the session that has them open. They are added up here over sessions. `before` is undefined at the first reading.
 */
export async function readPrepared(
  query: Query,
  reading: Reading,
  before: PreparedState | undefined,
  base: Base,
  known_hashes: Set<string>,
): Promise<Prepared> {
  const [total] = await query(statement('prepared-runs.sql'));
  const runs = total?.whole('calls') ?? 0n;
  // After a restart the numbers of statements begin anew.
  const past = runs < BigInt(before?.runs ?? '0') ? undefined : before?.entries;
  const entries = (await query(statement('prepared.sql'))).map((row): Entry => {
    const id = row.text('prepared_id');
    const now = toCounters(rawStatement(row));
    const [known, packed] = past?.[id] ?? ['', undefined];
    const change = changeOf(now, packed && unpack(packed));
    return { id, schema_name: row.text('schema_name'), packed: pack(now), known, change };
  });
  const is_waiting = ({ known, change }: Entry): boolean => known === '' && change.delta.calls > 0n;
  const learned = await learn(query, before === undefined ? [] : entries.filter(is_waiting), reading, known_hashes);
  const known = (entry: Entry): KnownText => entry.known || (learned.hashes.get(entry.id) ?? '');
  const told =
    before === undefined ? [] : entries.filter((entry) => known(entry) !== '' && entry.change.delta.calls > 0n);
  const told_calls = told.reduce((sum, { change }) => sum + change.delta.calls, 0n);
  const ran_calls = runs - BigInt(before?.runs ?? runs);
  return {
    query_deltas: addedUp(told, known, base),
    queries: learned.queries,
    state: {
      runs: runs.toString(),
      entries: Object.fromEntries(entries.map((entry) => [entry.id, [known(entry), entry.packed]])),
    },
    missed_calls: ran_calls > told_calls ? ran_calls - told_calls : 0n,
  };
}

/** One row per statement and schema: a pool of connections has each statement prepared many times. */
function addedUp(told: readonly Entry[], known: (entry: Entry) => KnownText, base: Base): Row<QueryDeltaRow>[] {
  const rows = new Map<string, Row<QueryDeltaRow>>();
  for (const entry of told) {
    const query_hash = known(entry);
    const key = `${query_hash}.${entry.schema_name}`;
    const so_far = rows.get(key) ?? {
      ...base,
      ...zero_measures,
      ...{ query_hash, database_name: entry.schema_name, user_name: '', native_id: '', is_nested: 0, plan_hash: '' },
      ...{ min_time_us: null, max_time_us: null, bucket_upper_us: [], bucket_calls: [] },
      ...{ percentile_origin: 'means', flags: [] },
    };
    const sums = measure_names
      .filter((name) => name !== 'sum_square_time_us2')
      .map((name) => [name, so_far[name] + entry.change.delta[name]]);
    rows.set(key, { ...so_far, ...(Object.fromEntries(sums) as Partial<Row<QueryDeltaRow>>) });
  }
  return [...rows.values()];
}

const instances_per_statement = 1_000;

async function learn(query: Query, waiting: readonly Entry[], reading: Reading, known_hashes: Set<string>) {
  const hashes = new Map<string, KnownText>();
  const queries: Row<QueryRow>[] = [];
  const { facts } = reading.source;
  const numbers = waiting.map(({ id }) => id.split('.')[0] ?? '').filter((number) => /^\d+$/.test(number));
  for (let start = 0; start < numbers.length; start += instances_per_statement) {
    const instances = numbers.slice(start, start + instances_per_statement).join(', ');
    for (const row of await query(statement('prepared-texts.sql').replace('{{instances}}', instances))) {
      const template = reading.tools.template(rawText(row.text('text'), facts), facts.longest_sample_bytes);
      hashes.set(row.text('prepared_id'), template.query_hash);
      if (known_hashes.has(template.query_hash)) continue;
      known_hashes.add(template.query_hash);
      queries.push(await queryRow(template, 'mysql', reading));
    }
  }
  return { hashes, queries };
}

export const preparedBase = (instance_id: string, window: { readonly start: Date; readonly end: Date }): Base => ({
  ...{ instance_id, window_start: utc(window.start), window_end: utc(window.end) },
});
