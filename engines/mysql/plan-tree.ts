import type { PlanNode } from '@plumbline/contracts';
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
