import type { JudgedQuery } from '@plumbline/contracts';

/** Token-level features may name a column that is not there; only a parsed statement may drive advice. */
export function isAdvisable(query: JudgedQuery): boolean {
  const { feature_source, statement_class } = query.features;
  return ['ast', 'ast_raw'].includes(feature_source) && ['select', 'update', 'delete'].includes(statement_class);
}
