import type { StandIn, StandInRow } from '../../testing/relational/stand-in.js';

/** A database of its own: what V$DATABASE and V$INSTANCE say. */
export interface DatabaseOf {
  readonly dbid?: string;
  readonly con_dbid?: string;
  readonly cdb?: 'YES' | 'NO';
  readonly is_cluster?: boolean;
  readonly pack_access?: string;
  /** Instance number → its start, UTC. */
  readonly startups?: Readonly<Record<number, string>>;
}

export const own_dbid = '1500000001';
const default_startups = { 1: '2026-10-01T00:00:00Z' };

export const local = (at: string | Date, offset_s = 0): string =>
  new Date(new Date(at).getTime() + offset_s * 1000).toISOString().replace('Z', '');

export async function loadDatabase(stand_in: StandIn, over: DatabaseOf = {}): Promise<void> {
  const { dbid = own_dbid, con_dbid = dbid, cdb = 'NO', is_cluster = false, startups = default_startups } = over;
  const { pack_access = 'DIAGNOSTIC+TUNING' } = over;
  await stand_in.load('V$DATABASE', [{ dbid, con_dbid, name: 'ORCL', cdb }]);
  const instances = Object.entries(startups).map(([number, started_at]): StandInRow => ({
    ...{ instance_number: Number(number), instance_name: `orcl${number}`, version: '19.0.0.0.0', status: 'OPEN' },
    ...{ version_full: '19.24.0.0.0', parallel: is_cluster ? 'YES' : 'NO', startup_time: local(started_at) },
  }));
  await stand_in.load('V$INSTANCE', instances.slice(0, 1));
  await stand_in.load(
    'GV$INSTANCE',
    instances.map((row) => ({ ...row, inst_id: row['instance_number'] })),
  );
  const parameters = { db_block_size: '8192', control_management_pack_access: pack_access };
  await stand_in.load(
    'V$PARAMETER',
    Object.entries(parameters).map(([name, value]) => ({ name, value })),
  );
}

export interface SnapshotOf {
  readonly snap_id: number;
  /** End of its interval, UTC. */
  readonly end: string;
  readonly begin?: string;
  readonly instance_number?: number;
  readonly dbid?: string;
  readonly startup?: string;
  /** The server's clock from UTC at the end of the interval. */
  readonly offset_s?: number;
  readonly snap_flag?: number;
}

const hour_ms = 3_600_000;

const intervalOf = (seconds: number): string => `${seconds} seconds`;

/** One snapshot, an hour long unless said otherwise. */
export function snapshotRow(of: SnapshotOf): StandInRow {
  const { offset_s = 0, startup = default_startups[1] } = of;
  const begin = of.begin ?? new Date(Date.parse(of.end) - hour_ms).toISOString();
  return {
    ...{ snap_id: of.snap_id, dbid: of.dbid ?? own_dbid, instance_number: of.instance_number ?? 1 },
    ...{ startup_time: local(startup, offset_s), begin_interval_time: local(begin, offset_s) },
    ...{ end_interval_time: local(of.end, offset_s), snap_timezone: intervalOf(offset_s) },
    ...{ snap_level: 1, error_count: 0, snap_flag: of.snap_flag ?? 0 },
  };
}

export interface SqlStatOf extends Pick<SnapshotOf, 'snap_id' | 'instance_number' | 'dbid'> {
  readonly sql_id: string;
  readonly executions?: bigint | null;
  readonly elapsed_us?: bigint | null;
  readonly plan?: number;
  readonly over?: StandInRow;
}

/** What one statement did in one snapshot. */
export function sqlStatRow(of: SqlStatOf): StandInRow {
  const { executions = 1n, elapsed_us = 1_000n, dbid = own_dbid } = of;
  return {
    ...{ snap_id: of.snap_id, dbid, instance_number: of.instance_number ?? 1, con_dbid: dbid, sql_id: of.sql_id },
    ...{ plan_hash_value: of.plan ?? 1_234_567_890, parsing_schema_name: 'SHOP', module: 'shop' },
    ...{ executions_delta: executions, elapsed_time_delta: elapsed_us, cpu_time_delta: 0, iowait_delta: 0 },
    ...{ apwait_delta: 0, ccwait_delta: 0, rows_processed_delta: 0, buffer_gets_delta: 0, disk_reads_delta: 0 },
    ...{ physical_read_bytes_delta: 0, physical_write_bytes_delta: 0 },
    ...of.over,
  };
}

export const sqlTextRow = (sql_id: string, sql_text: string, dbid = own_dbid): StandInRow => ({
  ...{ dbid, con_dbid: dbid, sql_id, sql_text, command_type: 3 },
});

/** Thirteen characters of Oracle's own alphabet for the n-th statement. */
export const sqlIdOf = (number: number): string => number.toString(32).padStart(13, '0');
