import { createHash } from 'node:crypto';
import { planHash, type PlanHash, type PlanNode } from '@plumbline/contracts';

/**
 * The same shape has the same hash: operators, objects and conditions, without costs, rows and literals. For every engine
 * whose server has no plan hash of its own. Stored plans are keyed by it.
 */
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
