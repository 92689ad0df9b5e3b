import { plan_issue_kinds, type PlanIssue, type PlanNode } from '@plumbline/contracts';
import type { AnalyticsSettings } from '../settings.js';
import { full_scan } from './issues/full-scan.js';
import { implicit_conversion } from './issues/implicit-conversion.js';
import { placedNodes, type PlacedNode, type PlanFacts, type PlanRule } from './issues/issue.js';
import { misestimate } from './issues/misestimate.js';
import { missing_pruning } from './issues/missing-pruning.js';
import { nested_loop } from './issues/nested-loop.js';
import { spill } from './issues/spill.js';

const rules: Readonly<Record<PlanIssue['kind'], PlanRule>> = {
  full_scan,
  nested_loop,
  misestimate,
  spill,
  missing_pruning,
  implicit_conversion,
};

/**
 * What a plan of any engine does at a price, kind by kind, within a kind from the root down. Figures that were counted
 * (`actual`) go before those that were only expected. Pure.
 * @param rows_of the rows of a table, undefined when unknown: without it, only rows that leave a scan are known
 */
export function planIssues(
  root: PlanNode,
  limits: AnalyticsSettings,
  rows_of: PlanFacts['rows_of'],
): readonly PlanIssue[] {
  const places = [...placedNodes(root)];
  const facts: PlanFacts = { root, limits, rows_of };
  return plan_issue_kinds.flatMap((kind) => places.flatMap((place) => issueAt(place, rules[kind], facts)));
}

function issueAt(place: PlacedNode, rule: PlanRule, facts: PlanFacts): readonly PlanIssue[] {
  const verdict = rule.judge(place, facts);
  if (!verdict) return [];
  const { native_operator, schema, table } = place.node;
  return [{ kind: rule.kind, path: place.path, native_operator, schema, table, ...verdict }];
}
