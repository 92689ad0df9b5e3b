import type { PlanHash, PlanNode } from '@plumbline/contracts';
import { planHash } from '@plumbline/contracts';
import { createHash } from 'node:crypto';
import { blockTree } from './plan-blocks.js';
import { iteratorTree } from './plan-iterators.js';
import { isObject } from './plan-json.js';
import type { TableNames } from './table-names.js';

/**
 * The common tree of one EXPLAIN FORMAT=JSON: the second format of MySQL 8.3 and later (a tree of iterators), or the
 * first, nested blocks, as MySQL and, with its own words, MariaDB write it. Undefined for any other shape.
 * @param names the tables behind the aliases, which only the second format names itself
 * @param redact takes literals out of a condition: both families print them in full
 */
export function planTree(plan: unknown, names: TableNames, redact: (fragment: string) => string): PlanNode | undefined {
  if (!isObject(plan)) return undefined;
  if (isObject(plan['query_plan'])) return iteratorTree(plan['query_plan'], redact);
  if (isObject(plan['query_block'])) return blockTree(plan['query_block'], names, redact);
  return undefined;
}

/** The same shape has the same hash: operators, objects and conditions, without costs, rows and literals. */
export function hashOfPlan(tree: PlanNode): PlanHash {
  return planHash(
    createHash('md5')
      .update(JSON.stringify(shapeOf(tree)))
      .digest('hex')
      .slice(0, 16),
  );
}

function shapeOf(node: PlanNode): unknown {
  const names = [node.native_operator, node.schema, node.table, node.index];
  return [...names, node.access_condition, node.filter_condition, node.children.map(shapeOf)];
}
