import type { PlanNode, PlanOperator } from '@plumbline/contracts';
import type { BlockContext } from './plan-blocks.js';
import { and, isObject, numberOf, textOf, textsOf, type PlanObject } from './plan-json.js';

const whole_scans: ReadonlySet<string> = new Set(['ALL']);
const index_merges: ReadonlySet<string> = new Set(['index_merge']);

/** One table access of the first format. Its name is an alias: `names` tells the table. */
export function tableNode(table: PlanObject, context: BlockContext): PlanNode {
  const message = textOf(table['message']);
  const inner = table['materialized_from_subquery'] ?? table['materialized'];
  const child = isObject(inner) ? context.wrapped(inner) : undefined;
  const shown = textOf(table['table_name']);
  const known = context.names.get(shown);
  const access_type = textOf(table['access_type']);
  const costs = isObject(table['cost_info']) ? table['cost_info'] : {};
  const is_stored = !shown.startsWith('<') && child === undefined;
  return {
    operator: operatorOf(access_type, table['using_index'] === true, is_stored, message),
    native_operator: access_type || message || 'table',
    schema: is_stored ? (known?.schema ?? '') : '',
    table: is_stored ? (known?.table ?? shown) : '',
    index: indexOf(table),
    access_condition: and([keyCondition(table), context.redact(textOf(table['index_condition']))]),
    filter_condition: context.redact(textOf(table['attached_condition'])),
    estimated_rows: rowsOf(table),
    ...{ estimated_width_bytes: null, startup_cost: null, total_cost: costOf(table, costs) },
    ...partitionsOf(table),
    children: child === undefined ? [] : [child],
  };
}

function operatorOf(access_type: string, is_covered: boolean, is_stored: boolean, message: string): PlanOperator {
  if (message !== '' && access_type === '') return 'result';
  if (!is_stored) return 'subquery';
  if (whole_scans.has(access_type)) return 'seq_scan';
  if (index_merges.has(access_type)) return 'bitmap_scan';
  if (access_type === 'system') return 'result';
  return is_covered ? 'index_only_scan' : 'index_scan';
}

/** MariaDB lists the indexes of a merge in a tree; MySQL writes `union(fk,orders_made)`. */
function indexOf(table: PlanObject): string {
  const key = textOf(table['key']);
  if (key !== '' || !isObject(table['index_merge'])) return key;
  const keys = [...JSON.stringify(table['index_merge']).matchAll(/"key":"((?:[^"\\]|\\.)*)"/g)].map(([, name]) => name);
  return `${Object.keys(table['index_merge'])[0] ?? 'merge'}(${keys.join(',')})`;
}

/** `customer_id = shop.c.id`: the key's columns with what they are compared to; constants are not shown here. */
function keyCondition(table: PlanObject): string {
  const columns = textsOf(table['used_key_parts']);
  const references = textsOf(table['ref']);
  return columns
    .map((column, place) => {
      const reference = references[place];
      return reference === undefined ? column : `${column} = ${reference === 'const' ? '?' : reference}`;
    })
    .join(' AND ');
}

/** Rows that leave the table: those examined, less what the filter takes. */
function rowsOf(table: PlanObject): number | null {
  const examined = numberOf(table['rows_examined_per_scan']) ?? numberOf(table['rows']);
  const filtered = numberOf(table['filtered']) ?? 100;
  return examined === null ? null : (examined * filtered) / 100;
}

function costOf(table: PlanObject, costs: PlanObject): number | null {
  const [read, evaluate] = [numberOf(costs['read_cost']), numberOf(costs['eval_cost'])];
  return read === null || evaluate === null ? numberOf(table['cost']) : read + evaluate;
}

/** The plan names the partitions it reads; how many there are it does not say. */
function partitionsOf(table: PlanObject): Pick<PlanNode, 'partitions'> {
  const partitions = textsOf(table['partitions']);
  return partitions.length === 0 ? {} : { partitions: { read: partitions.length, total: null } };
}
