import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import type { CollectedTable } from '@plumbline/contracts';

/** What judging reads of what a collector sends; the rest is left out. */
export const captured_tables = [
  'query_deltas',
  'queries',
  'instance_events',
  'table_snapshots',
  'wait_deltas',
] as const satisfies readonly CollectedTable[];
export type CapturedTable = (typeof captured_tables)[number];
export type CapturedRow = Readonly<Record<string, unknown>>;
export type CapturedRows = Readonly<Record<CapturedTable, readonly CapturedRow[]>>;

/** Beside the rows, readable without a tool. Times are ISO 8601, UTC. */
export interface CaptureHeader {
  readonly name: string;
  readonly fault: string;
  readonly engine: string;
  readonly server_version: string;
  readonly interval_s: number;
  readonly captured_from: string;
  readonly fault_at: string;
  readonly captured_to: string;
  readonly cores: number;
  /** The load, as it was sent; `query_hash` as collected. */
  readonly statements: readonly {
    readonly name: string;
    readonly runs_per_s: number;
    readonly query_hash: string;
    readonly template: string;
  }[];
}

export interface Capture {
  readonly header: CaptureHeader;
  readonly rows: CapturedRows;
}

/** By column, because neighbours in a column are alike: half the bytes of rows, compressed. */
type Columns = Readonly<Record<string, readonly unknown[]>>;

// Compiled code runs in bench/dist; captures are no part of a build.
const folder = new URL('../../captures/', import.meta.url);
const rowsFile = (name: string): URL => new URL(`${name}.json.br`, folder);
const headerFile = (name: string): URL => new URL(`${name}.json`, folder);

export const captureNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json.br'))
    .map((file) => file.slice(0, -'.json.br'.length))
    .sort();

export const isCaptured = (name: string): boolean => existsSync(rowsFile(name));

/** Returns the size of the rows on disk. */
export function writeCapture({ header, rows }: Capture): number {
  const tables = Object.fromEntries(captured_tables.map((table) => [table, columnsOf(rows[table])]));
  const bytes = brotliCompressSync(JSON.stringify(tables));
  writeFileSync(rowsFile(header.name), bytes);
  writeFileSync(headerFile(header.name), `${JSON.stringify(header, null, 2)}\n`);
  return bytes.length;
}

export function readCapture(name: string): Capture {
  const header = JSON.parse(readFileSync(headerFile(name), 'utf8')) as CaptureHeader;
  const tables = JSON.parse(brotliDecompressSync(readFileSync(rowsFile(name))).toString('utf8')) as Readonly<
    Record<CapturedTable, Columns>
  >;
  const rows = Object.fromEntries(captured_tables.map((table) => [table, rowsOf(tables[table])]));
  return { header, rows: rows as CapturedRows };
}

const columnsOf = (rows: readonly CapturedRow[]): Columns =>
  Object.fromEntries(Object.keys(rows[0] ?? {}).map((column) => [column, rows.map((row) => row[column])]));

function rowsOf(columns: Columns): readonly CapturedRow[] {
  const names = Object.keys(columns);
  const [first] = names;
  return (first === undefined ? [] : (columns[first] ?? [])).map((_, index) =>
    Object.fromEntries(names.map((name) => [name, columns[name]?.[index]])),
  );
}
