import { countText } from '../../advisors/evidence.js';
import { scannedRows, tableName, type PlanRule } from './issue.js';

/**
 * A column is turned into another type before it is compared, so that no index on it can be used. Told by the engine, or
 * seen in the condition of a full scan; there a cast that the statement itself asks for looks the same, and only who
 * knows the statement can tell them apart.
 */
export const implicit_conversion: PlanRule = {
  kind: 'implicit_conversion',
  judge({ node }, facts) {
    const warning = node.warnings?.find(({ kind }) => kind === 'implicit_conversion');
    if (warning) return { sentence: `${warning.text.replace(/\.$/, '')}.`, figures: {} };
    if (node.operator !== 'seq_scan' || node.table === '') return undefined;
    const scanned_rows = scannedRows(node, facts);
    const [converted] = convertedColumns(node.filter_condition);
    if (!converted || scanned_rows < facts.limits.plan_min_scanned_rows) return undefined;
    return {
      sentence:
        `${tableName(node)}.${converted.column} is turned into ${converted.type} in each of ` +
        `${countText(scanned_rows)} rows before it is compared.`,
      figures: { scanned_rows },
    };
  },
};

/** Turning a string column into `text` changes no value and keeps its index in use: only real conversions count. */
const conversion =
  /\((?:"?\w+"?\.)?"?(\w+)"?\)::(numeric|double precision|real|bigint|integer|date|timestamp with(?:out)? time zone)/g;

export interface ConvertedColumn {
  readonly column: string;
  readonly type: string;
}

/** Columns with a cast around them in a condition of a plan, once each. */
export function convertedColumns(condition: string): readonly ConvertedColumn[] {
  const found = new Map<string, ConvertedColumn>();
  for (const [, column = '', type = ''] of condition.matchAll(conversion)) found.set(column, { column, type });
  return [...found.values()];
}
