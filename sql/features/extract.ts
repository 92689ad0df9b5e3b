import type { Dialect, Features, StatementClass } from '@plumbline/contracts';
import { isDml } from '../tokens/statement-class.js';
import { featuresOfQuery } from './features-of-query.js';
import type { ParseStatement } from './parsers.js';
import type { Query } from './query-tree.js';
import { repairAndParse } from './repair.js';
import { noFeatures, tokenFeatures } from './token-features.js';

/** Raise it whenever any statement's features change. */
export const extractor_version = 1;
/** Above this the tree costs more than it tells: OR chains and column lists do not collapse. */
export const max_parsed_bytes = 32 * 1024;

/** One statement for the extractor; plain data, so that it can go to a worker. */
export interface FeatureRequest {
  readonly dialect: Dialect;
  readonly statement_class: StatementClass;
  readonly is_truncated: boolean;
  /** The parser's form of the template (`Normalized.render`). */
  readonly rendered: string;
  /** The source's own text, tried when the rendered form is refused. Stays inside the process. */
  readonly raw?: string | undefined;
}

/** DDL and utility statements never meet a parser: their class is all we tell. */
export const needsParser = (request: FeatureRequest): boolean =>
  isDml(request.statement_class) && Buffer.byteLength(request.rendered) <= max_parsed_bytes;

/** The rungs below the parsers. Never throws. */
export function featuresWithoutParser(request: FeatureRequest): Features {
  return isDml(request.statement_class)
    ? tokenFeatures(request.rendered, request.dialect, request.statement_class)
    : noFeatures(request.statement_class);
}

/** The whole ladder: rendered form, raw text, repaired text, tokens, class. */
export function extractFeatures(request: FeatureRequest, parse: ParseStatement): Features {
  const { rendered, raw, is_truncated, dialect } = request;
  const whole = attempt(() => parse(rendered));
  if (whole) return told(request, whole, is_truncated ? 'repaired' : 'ast');
  const from_raw = raw === undefined || is_truncated ? null : attempt(() => parse(raw));
  if (from_raw) return told(request, from_raw, 'ast_raw');
  const repaired = is_truncated ? attempt(() => repairAndParse(rendered, dialect, parse)) : null;
  if (repaired) return told(request, repaired, 'repaired');
  return featuresWithoutParser(request);
}

function told(request: FeatureRequest, query: Query, source: Features['feature_source']): Features {
  // A tree too deep for the walker's stack is still a statement with tables.
  const features = attempt(() => featuresOfQuery(query, source));
  return features ? { ...features, statement_class: request.statement_class } : featuresWithoutParser(request);
}

function attempt<Result>(action: () => Result | null): Result | null {
  try {
    return action();
  } catch {
    return null;
  }
}
