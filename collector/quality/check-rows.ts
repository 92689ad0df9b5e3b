import { row_columns, utc } from '@plumbline/contracts';
import type { CollectedRows, CollectedTable, ColumnKind, QuarantinedRow } from '@plumbline/contracts';
import { columnProblem } from './column-checks.js';
import { row_checks } from './row-checks.js';

export interface CheckedRows {
  /** The rows that may be stored, and with them the quarantined ones in their own table. */
  readonly rows: CollectedRows;
  readonly checked: number;
  readonly quarantined: readonly Omit<QuarantinedRow, 'batch_id'>[];
}

interface Of {
  readonly instance_id: string;
  readonly aspect: string;
  readonly now: Date;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Takes out of a reading what would poison its batch or its sums: rows with a column missing, unknown or of another kind
 * (schema, completeness), out of range, running backwards in time (monotone), from the future or beyond retention
 * (freshness). The others are the same objects as before.
 */
export function checkRows(rows: CollectedRows, of: Of): CheckedRows {
  const quarantined: Omit<QuarantinedRow, 'batch_id'>[] = [];
  const kept: Record<string, readonly unknown[]> = {};
  let checked = 0;
  for (const [table, all] of Object.entries(rows) as [CollectedTable, readonly Row[]][]) {
    checked += all.length;
    kept[table] = all.filter((row) => {
      const found = rowProblem(table, row, of.now.getTime());
      if (found === undefined) return true;
      quarantined.push({
        ...{ instance_id: of.instance_id, aspect: of.aspect, observed_at: utc(of.now), table_name: table },
        ...{ ...found, row: harmlessPart(row, row_columns[table]) },
      });
      return false;
    });
  }
  if (quarantined.length === 0) return { rows, checked, quarantined };
  return { rows: { ...kept, quarantined_rows: quarantined } as CollectedRows, checked, quarantined };
}

function rowProblem(table: CollectedTable, row: Row, now_ms: number) {
  const kinds: Readonly<Record<string, ColumnKind>> = row_columns[table];
  for (const [column, kind] of Object.entries(kinds)) {
    const found = columnProblem(row[column], kind);
    if (found) return { check_name: found.check_name, reason: `${column} ${found.problem}` };
  }
  // The collector's own names: one that is not of the table is a fault of ours or a column the store does not have.
  const unknown = Object.keys(row).find((column) => kinds[column] === undefined);
  if (unknown !== undefined) return { check_name: 'schema', reason: `${unknown} is no column of ${table}` };
  for (const { check_name, tables, problem } of row_checks) {
    const reason = tables.includes(table) ? problem(row, now_ms) : undefined;
    if (reason !== undefined) return { check_name, reason };
  }
  return undefined;
}

const told_texts = new Set(['instance_id', 'query_hash', 'plan_hash', 'native_id', 'metric', 'wait_class', 'kind']);
const longest_text = 64;

/** Numbers, times and ids: enough to find the row at its source, nothing that could be a literal. */
function harmlessPart(row: Row, kinds: Readonly<Record<string, ColumnKind>>): string {
  const part = Object.entries(row).filter(([column, value]) => {
    if (typeof value === 'number' || typeof value === 'bigint' || value === null) return kinds[column] !== undefined;
    if (typeof value !== 'string' || value.length > longest_text) return false;
    return told_texts.has(column)
      ? /^[\w:.-]*$/.test(value)
      : kinds[column]?.startsWith('time') && /^[\d :.-]*$/.test(value);
  });
  return JSON.stringify(Object.fromEntries(part), (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}
