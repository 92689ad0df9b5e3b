import type { PlanNode } from '@plumbline/contracts';
import type { BlockContext } from './plan-blocks.js';
import { and, isObject, numberOf, textOf, type PlanObject } from './plan-json.js';

/** One table of a `nested_loop`, with how it is joined to all before it. */
interface Joined {
  readonly node: PlanNode;
  readonly native_operator: string;
  readonly is_hash: boolean;
  readonly condition: string;
  /** Of the join so far, as MySQL says them; MariaDB says neither. */
  readonly rows: number | null;
  readonly cost: number | null;
}

/** `nested_loop` lists the tables in the order they are joined, whatever the algorithm: a left-deep tree. */
export function joined(loops: readonly PlanObject[], context: BlockContext): PlanNode | undefined {
  const [first, ...others] = loops.flatMap((loop) => joinedTable(loop, context));
  if (first === undefined) return undefined;
  return others.reduce<PlanNode>(
    (outer, inner) => ({
      operator: inner.is_hash ? 'hash_join' : 'nested_loop',
      native_operator: inner.native_operator,
      ...{ schema: '', table: '', index: '', access_condition: '', filter_condition: inner.condition },
      estimated_rows: inner.rows ?? product(outer.estimated_rows, inner.node.estimated_rows),
      ...{ estimated_width_bytes: null, startup_cost: null, total_cost: inner.cost },
      children: [outer, inner.node],
    }),
    first.node,
  );
}

const product = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? null : one * other;

function joinedTable(loop: PlanObject, context: BlockContext): Joined[] {
  const buffered = loop['block-nl-join'];
  const node = context.wrapped(isObject(buffered) ? buffered : loop);
  if (node === undefined) return [];
  const table = isObject(loop['table']) ? loop['table'] : {};
  const costs = isObject(table['cost_info']) ? table['cost_info'] : {};
  const mariadb_join = isObject(buffered) ? textOf(buffered['join_type']) : '';
  const mysql_join = textOf(table['using_join_buffer']);
  return [
    {
      node,
      native_operator: mariadb_join || mysql_join || 'nested_loop',
      is_hash: /hash|^(BNLH|BKAH)$/i.test(mariadb_join || mysql_join),
      condition: isObject(buffered) ? and([context.redact(textOf(buffered['attached_condition']))]) : '',
      rows: numberOf(table['rows_produced_per_join']),
      cost: numberOf(costs['prefix_cost']),
    },
  ];
}
