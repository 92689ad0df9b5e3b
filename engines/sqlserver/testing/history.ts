import type { StandInDatabase } from './stand-in.js';

export interface Runs {
  readonly times: number | bigint;
  readonly duration_us?: number;
  readonly stdev_us?: number;
  readonly rows?: number;
  /** 0 regular, 3 aborted by the client, 4 exception. */
  readonly execution_type?: number;
  /** The measures of version 2017. */
  readonly log_bytes?: number;
  readonly at?: Date;
}

export interface StoredStatement {
  readonly query_id: number;
  readonly text_id: number;
  readonly native_hash: string;
}

/**
 * Plays Query Store in one database of the stand-in: what it would hold after these statements ran. While an interval is
 * open each run adds a row of its own, as what is in memory does; `flush` makes one of them.
 */
export class QueryStoreHistory {
  #last_id = 0;

  constructor(
    readonly database: StandInDatabase,
    readonly has_2017_columns = true,
  ) {}

  async interval(start: Date, minutes = 60): Promise<number> {
    const id = ++this.#last_id;
    const end_time = new Date(start.getTime() + minutes * 60_000);
    await this.database.load('query_store_runtime_stats_interval', [
      { runtime_stats_interval_id: id, start_time: start, end_time },
    ]);
    return id;
  }

  async statement(
    text: string | null,
    native_hash = hashOf(++this.#last_id),
    is_internal = 0,
  ): Promise<StoredStatement> {
    const id = ++this.#last_id;
    await this.database.load('query_store_query_text', [{ query_text_id: id, query_sql_text: text }]);
    await this.database.load('query_store_query', [
      {
        ...{ query_id: id, query_text_id: id, object_id: 0, is_internal_query: is_internal },
        query_hash: `\\x${native_hash}`,
      },
    ]);
    return { query_id: id, text_id: id, native_hash };
  }

  async plan({ query_id }: StoredStatement, plan_hash = hashOf(++this.#last_id), query_plan = ''): Promise<number> {
    const plan_id = ++this.#last_id;
    const row = { plan_id, query_id, query_plan_hash: `\\x${plan_hash}`, query_plan };
    await this.database.load('query_store_plan', [row]);
    return plan_id;
  }

  async run(plan_id: number, interval_id: number, runs: Runs): Promise<void> {
    const { duration_us = 1000, stdev_us = 0, rows = 1, execution_type = 0, log_bytes = 0 } = runs;
    await this.database.load('query_store_runtime_stats', [
      {
        ...{ runtime_stats_id: ++this.#last_id, plan_id, runtime_stats_interval_id: interval_id, execution_type },
        ...{ count_executions: runs.times, avg_duration: duration_us, stdev_duration: stdev_us },
        ...{ min_duration: Math.floor(duration_us), max_duration: Math.ceil(duration_us) },
        ...{ avg_cpu_time: duration_us / 2, avg_rowcount: rows, avg_logical_io_reads: 10 },
        ...{ avg_logical_io_writes: 1, avg_physical_io_reads: 2, last_execution_time: runs.at ?? new Date() },
        ...(this.has_2017_columns ? { avg_log_bytes_used: log_bytes, avg_tempdb_space_used: 0 } : {}),
      },
    ]);
  }

  /** What is in memory joins what is on disk: one row for each plan, interval and way of ending. */
  async flush(): Promise<void> {
    const mean = (column: string): string =>
      `sum(${column} * count_executions) / nullif(sum(count_executions), 0) AS ${column}`;
    const newer = this.has_2017_columns ? `, ${mean('avg_log_bytes_used')}, ${mean('avg_tempdb_space_used')}` : '';
    const { client } = this.database;
    await client.query(`CREATE TEMP TABLE flushed AS SELECT min(runtime_stats_id) AS runtime_stats_id, plan_id,
      runtime_stats_interval_id, execution_type, sum(count_executions)::bigint AS count_executions,
      ${mean('avg_duration')}, ${mean('avg_cpu_time')}, ${mean('avg_rowcount')}, ${mean('avg_logical_io_reads')},
      ${mean('avg_logical_io_writes')}, ${mean('avg_physical_io_reads')}, 0::float8 AS stdev_duration,
      min(min_duration) AS min_duration, max(max_duration) AS max_duration,
      max(last_execution_time) AS last_execution_time${newer}
      FROM sys.query_store_runtime_stats GROUP BY plan_id, runtime_stats_interval_id, execution_type`);
    await client.query('DELETE FROM sys.query_store_runtime_stats');
    const { rows } = await client.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'flushed'`,
    );
    const columns = rows.map(({ name }) => name).join(', ');
    await client.query(`INSERT INTO sys.query_store_runtime_stats (${columns}) SELECT ${columns} FROM flushed`);
    await client.query('DROP TABLE flushed');
  }

  /** ALTER DATABASE … SET QUERY_STORE CLEAR: all is gone, and ids begin again. */
  async clear(): Promise<void> {
    const views = ['runtime_stats', 'runtime_stats_interval', 'plan', 'query', 'query_text'];
    for (const view of views) await this.database.client.query(`DELETE FROM sys.query_store_${view}`);
    this.#last_id = 0;
  }
}

/** 16 hex digits, another one for each number. */
export const hashOf = (number: number): string => (0xabc0_0000 + number).toString(16).padStart(16, '1');
