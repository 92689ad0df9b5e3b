import type { Batch } from '@plumbline/contracts';
import type { DeadLetters } from './dead-letters.js';
import { partProblem } from './envelope.js';
import type { Placed } from './group.js';
import type { StoreWriter } from './store-writer.js';

type Part = Batch['tables'][number];
interface PlacedPart extends Part {
  readonly batch: Batch;
  readonly message: Placed;
}

export interface GroupInsert {
  readonly writer: StoreWriter;
  readonly dead_letters: DeadLetters;
  /** Throws when the group is not ours to insert any more. */
  readonly beforeAttempt: () => Promise<void>;
}

/**
 * One insert per table for all batches of the group, under tokens made of the group's id: repeated by whomever, it is
 * the same insert. Messages and parts that cannot be stored are buried. Gives the rows stored.
 */
export async function insertGroup(group_id: string, members: readonly Placed[], tools: GroupInsert): Promise<number> {
  const by_table = new Map<string, PlacedPart[]>();
  for (const message of members) {
    if ('letter' in message) await tools.dead_letters.bury(message.letter);
    else
      for (const part of message.batch.tables)
        await sortIn(by_table, { ...part, batch: message.batch, message }, tools);
  }
  let rows = 0;
  for (const [table, parts] of by_table) rows += await insertTable(group_id, table, parts, tools);
  return rows;
}

async function sortIn(by_table: Map<string, PlacedPart[]>, part: PlacedPart, tools: GroupInsert): Promise<void> {
  const problem = partProblem(part);
  if (problem !== '') return bury(part, problem, tools);
  by_table.set(part.table, [...(by_table.get(part.table) ?? []), part]);
}

async function insertTable(
  group_id: string,
  table: string,
  parts: readonly PlacedPart[],
  tools: GroupInsert,
): Promise<number> {
  const ndjson = parts.map((part) => part.ndjson).join('\n');
  const refusal = await tools.writer.insert(table, ndjson, `${group_id}:${table}`, tools.beforeAttempt);
  if (refusal === '') return rowsOf(parts);
  if (parts.length === 1 || (await hasRows(table, parts, tools.writer))) {
    // Nothing to tell apart; or the table has the rows and a view over it failed: once more, part by part, would count them twice in the table.
    for (const part of parts) await bury(part, refusal, tools);
    return 0;
  }
  let rows = 0;
  for (const part of parts) rows += await insertAlone(part, tools);
  return rows;
}

/** The one bad part is found by trying each alone, so that the others are stored. */
async function insertAlone(part: PlacedPart, tools: GroupInsert): Promise<number> {
  const token = `${part.batch.batch_id}:${part.table}`;
  const refusal = await tools.writer.insert(part.table, part.ndjson, token, tools.beforeAttempt);
  if (refusal === '') return part.row_count;
  await bury(part, refusal, tools);
  return 0;
}

async function hasRows(table: string, parts: readonly PlacedPart[], writer: StoreWriter): Promise<boolean> {
  const batch_ids = parts.map(({ batch }) => batch.batch_id);
  const sql = `SELECT 1 AS found FROM ${table} WHERE batch_id IN {batch_ids:Array(String)} LIMIT 1`;
  return (await writer.query(sql, { batch_ids })).length > 0;
}

const rowsOf = (parts: readonly PlacedPart[]): number => parts.reduce((rows, { row_count }) => rows + row_count, 0);

function bury(
  { batch, table, ndjson, message }: PlacedPart,
  reason: string,
  { dead_letters }: GroupInsert,
): Promise<void> {
  const { instance_id, aspect, batch_id } = batch;
  const raw = Buffer.from(ndjson);
  return dead_letters.bury({ instance_id, aspect, batch_id, target_table: table, reason, raw, place: message.place });
}
