import type { PlanWarning } from '@plumbline/contracts';
import { below, childOf, childrenOf, type XmlNode } from './xml-tree.js';
import { columnText } from './plan-conditions.js';

const spills = ['SpillToTempDb', 'SortSpillDetails', 'HashSpillDetails', 'ExchangeSpillDetails'] as const;
const page_bytes = 8192;

/** What the engine warned of at one operator. */
export function warningsOf(operator: XmlNode, redact: (fragment: string) => string): PlanWarning[] {
  return childrenOf(operator, 'Warnings').flatMap((warnings) => [
    ...noJoinPredicate(warnings),
    ...missingStatistics(warnings, redact),
    ...spillWarnings(warnings),
    ...conversions(warnings, redact).map(({ warning }) => warning),
  ]);
}

function noJoinPredicate({ attributes }: XmlNode): PlanWarning[] {
  const is_so = attributes.NoJoinPredicate === '1' || attributes.NoJoinPredicate === 'true';
  return is_so ? [{ kind: 'no_join_predicate', text: 'every row of one side meets every row of the other' }] : [];
}

function missingStatistics(warnings: XmlNode, redact: (fragment: string) => string): PlanWarning[] {
  const columns = ['ColumnsWithNoStatistics', 'ColumnsWithStaleStatistics']
    .flatMap((name) => childrenOf(warnings, name))
    .flatMap((list) => below(list, 'ColumnReference'))
    .map(columnText);
  return columns.length === 0 ? [] : [{ kind: 'missing_statistics', text: redact(columns.join(', ')) }];
}

function spillWarnings(warnings: XmlNode): PlanWarning[] {
  const found = spills.flatMap((name) => childrenOf(warnings, name));
  if (found.length === 0) return [];
  const pages = found.reduce((sum, { attributes }) => sum + Number(attributes.WritesToTempDb ?? 0), 0);
  const level = found.map(({ attributes }) => attributes.SpillLevel).find((one) => one !== undefined);
  const words = [
    ...(level === undefined ? [] : [`level ${Number(level)}`]),
    ...(pages > 0 ? [`${pages * page_bytes} bytes written to tempdb`] : []),
  ];
  return [{ kind: 'spill', text: words.length === 0 ? 'memory did not suffice' : words.join(', ') }];
}

/** Bytes that an operator wrote to tempdb; null where the plan does not say. */
export function spilledBytes(operator: XmlNode): number | null {
  const written = childrenOf(operator, 'Warnings')
    .flatMap((warnings) => spills.flatMap((name) => childrenOf(warnings, name)))
    .flatMap(({ attributes }) => (attributes.WritesToTempDb === undefined ? [] : [Number(attributes.WritesToTempDb)]));
  return written.length === 0 ? null : written.reduce((sum, pages) => sum + pages, 0) * page_bytes;
}

export interface Conversion {
  /** As the plan spells it, to find the operator that converts. */
  readonly expression: string;
  readonly warning: PlanWarning;
}

/** PlanAffectingConvert: told of the whole plan, though one operator converts. */
export function conversions(warnings: XmlNode, redact: (fragment: string) => string): Conversion[] {
  return childrenOf(warnings, 'PlanAffectingConvert').map(({ attributes }) => {
    const expression = attributes.Expression ?? '';
    const issue = attributes.ConvertIssue ?? 'conversion';
    return { expression, warning: { kind: 'implicit_conversion', text: `${issue}: ${redact(expression)}` } };
  });
}

export const planConversions = (plan: XmlNode, redact: (fragment: string) => string): Conversion[] => {
  const warnings = childOf(plan, 'Warnings');
  return warnings === undefined ? [] : conversions(warnings, redact);
};
