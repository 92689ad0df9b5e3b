import type { AspectOutcome } from '@plumbline/contracts';
import { allowed } from '../allowed.js';
import type { Fields } from '../fields.js';
import { grantStatistics, performanceSchemaOff } from '../grants.js';
import { statement, type Query, type ServerFacts } from '../source.js';

/** Rows since the start of the server. */
export interface Usage {
  readonly fetched: bigint;
  readonly inserted: bigint;
  readonly updated: bigint;
  readonly deleted: bigint;
}

export interface UsageAnswer {
  /** By `indexKey`; the index '' stands for rows read by scans and rows inserted. */
  readonly by_index: ReadonlyMap<string, Usage>;
  readonly outcome: AspectOutcome;
}

export const indexKey = (schema_name: string, table_name: string, index_name: string): string =>
  JSON.stringify([schema_name, table_name, index_name]);

/** Not counted is not unused: where nothing is counted the outcome says so, and no index is known to it. */
export async function readUsage(query: Query, facts: ServerFacts): Promise<UsageAnswer> {
  if (!facts.has_performance_schema) return unknown({ ...performanceSchemaOff(facts), state: 'degraded' });
  const rows = await allowed(() => query(statement('table-usage.sql')));
  if (rows === undefined) {
    const message = 'use of tables and indexes may not be read: it is 0';
    return unknown({ state: 'degraded', message, fix: grantStatistics(facts) });
  }
  return { by_index: new Map(rows.map(usageOf)), outcome: { state: 'ok', message: '', fix: '' } };
}

const unknown = (outcome: AspectOutcome): UsageAnswer => ({ by_index: new Map(), outcome });

const usageOf = (row: Fields): [string, Usage] => [
  indexKey(row.text('schema_name'), row.text('table_name'), row.text('index_name')),
  {
    fetched: row.whole('fetched'),
    inserted: row.whole('inserted'),
    updated: row.whole('updated'),
    deleted: row.whole('deleted'),
  },
];
