import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A MergeTree that is not replicated writes an insert's token into its log before it gives the part its name. Killed in
 * between, the engine knows the token of rows that it does not have, and swallows the insert when it is repeated. So
 * before a directory is opened every token whose part is not there is struck from the log; a token too many struck costs
 * nothing but the memory of rows that are gone. Gives how many were struck. No engine may have the directory open.
 *
 * Log: `operation TAB part TAB token` per line, 1 adds and 2 drops (ClickHouse, MergeTreeDeduplicationLog). Shown by
 * killing: one of some fifty kills under inserts leaves such a token (docs/decisions/0003).
 */
export function forgetUnwrittenTokens(directory: string): number {
  const root = join(directory, 'store');
  if (!existsSync(root)) return 0;
  let struck = 0;
  for (const group of readdirSync(root))
    for (const table of readdirSync(join(root, group))) struck += mendTable(join(root, group, table));
  return struck;
}

function mendTable(table: string): number {
  const logs = join(table, 'deduplication_logs');
  if (!existsSync(logs)) return 0;
  const parts = readdirSync(table).flatMap((name) => partOf(name) ?? []);
  return readdirSync(logs)
    .filter((name) => /^deduplication_log_\d+\.txt$/.test(name))
    .reduce((struck, name) => struck + mendLog(join(logs, name), parts), 0);
}

function mendLog(path: string, parts: readonly Part[]): number {
  const text = readFileSync(path, 'utf8');
  const lines = text.split('\n');
  // Whole lines end with a newline: what stands behind the last one was cut short.
  const whole = lines.slice(0, -1);
  const kept = whole.filter((line) => isWritten(line, parts));
  if (kept.length === lines.length - 1 && lines.at(-1) === '') return 0;
  // Beside and then in its place: killed here, the log is the old one or the new one.
  const beside = `${path}.mended`;
  writeFileSync(beside, kept.map((line) => `${line}\n`).join(''), { flush: true });
  renameSync(beside, path);
  return whole.length - kept.length;
}

const adding = '1';

function isWritten(line: string, parts: readonly Part[]): boolean {
  const [operation, name = ''] = line.split('\t');
  if (operation !== adding) return true;
  const wanted = partOf(name);
  return wanted !== undefined && parts.some((part) => covers(part, wanted));
}

interface Part {
  readonly partition: string;
  readonly first_block: number;
  readonly last_block: number;
}

/** `partition_first_last_level`, and `_mutation` behind it; a passing name (tmp_…, delete_tmp_…) is none. */
function partOf(name: string): Part | undefined {
  const [, partition, first, last] = /^([^_]+)_(\d+)_(\d+)_\d+(?:_\d+)?$/.exec(name) ?? [];
  return partition === undefined ? undefined : { partition, first_block: Number(first), last_block: Number(last) };
}

/** A merged part covers the blocks of those it was made of. */
const covers = (part: Part, wanted: Part): boolean =>
  part.partition === wanted.partition && part.first_block <= wanted.first_block && part.last_block >= wanted.last_block;
