import type { Store } from '@plumbline/clickhouse';
import { collected_tables } from '@plumbline/contracts';
import type { KafkaAddress } from './address.js';

/** A table that batches may name, as `system.columns` tells it. */
export interface TableColumns {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Every table that batches may name, without the columns that the store fills in itself. */
export const tableColumns = (store: Store): Promise<readonly TableColumns[]> =>
  store.query(
    `SELECT table, groupArray(CAST((name, type), 'Tuple(name String, type String)')) AS columns FROM
       (SELECT table, name, type FROM system.columns WHERE database = currentDatabase()
          AND table IN {tables:Array(String)} AND default_kind = '' ORDER BY table, position)
     GROUP BY table ORDER BY table`,
    { params: { tables: collected_tables } },
  );

/**
 * An option, never the default: ClickHouse reads the topic itself, without a sink of ours. At least once only: a batch
 * that is delivered twice is counted twice, and a row that cannot be read is dropped with its fields at their defaults.
 * For those who may not run another process beside the server and can live with that.
 */
export function engineDdl({ brokers, topics }: KafkaAddress, tables: readonly TableColumns[]): readonly string[] {
  return [
    source(brokers, topics.batches),
    ...tables.map(view),
    `CREATE MATERIALIZED VIEW IF NOT EXISTS dead_letters_from_kafka TO dead_letters AS
SELECT now64(3, 'UTC') AS received_at, _error AS reason, _raw_message AS raw,
  hex(sipHash64(_topic, _partition, _offset)) AS letter_id,
  concat(_topic, '/', toString(_partition)) AS lane, toInt64(_offset) AS message_offset
FROM kafka_batches WHERE length(_error) > 0`,
  ];
}

/**
 * `stream`: a message that is no batch does not stop the others; its bytes and the error are columns. One message per
 * block: in a block with others the engine (26.7, chdb 3.4.0) loses the error's row; a message is thousands of rows.
 */
const source = (brokers: string, topic: string): string => `CREATE TABLE IF NOT EXISTS kafka_batches (
  schema_version UInt16, batch_id String, instance_id String, aspect String, window_start String, window_end String,
  tables Array(Tuple(table String, row_count UInt32, ndjson String))
) ENGINE = Kafka SETTINGS
  kafka_broker_list = ${text(brokers)}, kafka_topic_list = ${text(topic)},
  kafka_group_name = ${text(`${topic}.engine`)}, kafka_format = 'JSONEachRow',
  kafka_handle_error_mode = 'stream', kafka_thread_per_consumer = 1, kafka_flush_interval_ms = 1000,
  kafka_max_block_size = 1, kafka_poll_max_batch_size = 1`;

/** Whole numbers travel as decimal text; the tuple says what each field is. */
function view({ table, columns }: TableColumns): string {
  const fields = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  const taken = columns.map(({ name }) => `tupleElement(fields, ${text(name)}) AS ${name}`).join(',\n  ');
  return `CREATE MATERIALIZED VIEW IF NOT EXISTS ${table}_from_kafka TO ${table} AS
SELECT
  ${taken}
FROM (
  SELECT JSONExtract(arrayJoin(splitByChar('\\n', part.ndjson)), ${text(`Tuple(${fields})`)}) AS fields
  FROM (
    SELECT arrayJoin(arrayFilter(one -> one.table = ${text(table)}, tables)) AS part
    FROM kafka_batches WHERE length(_error) = 0
  )
)`;
}

const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
