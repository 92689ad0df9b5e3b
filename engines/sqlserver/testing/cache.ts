import { createHash } from 'node:crypto';
import type { StandInDatabase } from './stand-in.js';

export interface CachedStatement {
  readonly text: string;
  readonly database_id: number;
  /** The server's local time, `2026-11-20 14:00:00`. */
  readonly created: string;
  readonly native_hash?: string;
  readonly plan_hash?: string;
  readonly query_plan?: string;
  /** Where in a batch the statement stands; absent: it is the whole text. */
  readonly batch?: string;
}

export interface CacheTotals {
  readonly executions: number | bigint;
  readonly elapsed_us?: number | bigint;
}

const handleOf = (...parts: readonly unknown[]): string =>
  `\\x${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;

/** Plays the plan cache of the server: entries with counters since they were compiled. */
export class PlanCacheHistory {
  constructor(readonly master: StandInDatabase) {}

  async put(statement: CachedStatement, { executions, elapsed_us = Number(executions) * 1_000 }: CacheTotals) {
    const [sql_handle, plan_handle] = [handleOf('sql', statement.text), handleOf('plan', statement)];
    const batch = statement.batch ?? statement.text;
    const start = 2 * batch.indexOf(statement.text);
    const end = statement.batch === undefined ? -1 : start + 2 * statement.text.length - 2;
    const { client } = this.master;
    for (const view of ['dm_exec_query_stats', 'dm_exec_plan_attributes', 'dm_exec_text_query_plan'])
      await client.query(`DELETE FROM sys.${view} WHERE plan_handle = $1`, [Buffer.from(plan_handle.slice(2), 'hex')]);
    await client.query('DELETE FROM sys.dm_exec_sql_text WHERE sql_handle = $1', [
      Buffer.from(sql_handle.slice(2), 'hex'),
    ]);
    await this.master.load('dm_exec_query_stats', [
      {
        ...{ sql_handle, plan_handle, statement_start_offset: start, statement_end_offset: end },
        ...{ creation_time: statement.created, last_execution_time: statement.created, execution_count: executions },
        ...{ total_elapsed_time: elapsed_us, total_worker_time: elapsed_us, total_logical_reads: executions },
        ...{ total_logical_writes: 0, total_physical_reads: 0, total_rows: executions },
        query_hash: `\\x${statement.native_hash ?? '00000000000000aa'}`,
        query_plan_hash: `\\x${statement.plan_hash ?? '00000000000000bb'}`,
      },
    ]);
    await this.master.load('dm_exec_sql_text', [{ sql_handle, text: batch, encrypted: 0 }]);
    await this.master.load('dm_exec_plan_attributes', [
      { plan_handle, attribute: 'set_options', value: '4345' },
      { plan_handle, attribute: 'dbid', value: String(statement.database_id) },
    ]);
    if (statement.query_plan !== undefined) {
      const place = { plan_handle, statement_start_offset: start, statement_end_offset: end };
      await this.master.load('dm_exec_text_query_plan', [{ ...place, query_plan: statement.query_plan }]);
    }
  }

  async evict(text: string): Promise<void> {
    await this.master.client.query('DELETE FROM sys.dm_exec_query_stats WHERE sql_handle = $1', [
      Buffer.from(handleOf('sql', text).slice(2), 'hex'),
    ]);
  }

  async free(): Promise<void> {
    const views = ['dm_exec_query_stats', 'dm_exec_plan_attributes', 'dm_exec_text_query_plan', 'dm_exec_sql_text'];
    for (const view of views) await this.master.client.query(`DELETE FROM sys.${view}`);
  }
}
