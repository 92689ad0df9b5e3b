import type { ViewName, ViewRow } from '@plumbline/contracts';
import { catalog_columns } from './catalog.js';
import { finding_columns } from './finding.js';
import { instance_columns } from './instance.js';
import { judge_columns } from './judge.js';
import { pattern_columns } from './pattern.js';
import { query_columns } from './query.js';

/**
 * The columns of every view in order. Their types refuse a name that the contract's row does not have, and
 * views.test.ts compares them with what the engine describes, so SQL and contract cannot part.
 */
export const view_columns = {
  ...query_columns,
  ...instance_columns,
  ...catalog_columns,
  ...finding_columns,
  ...judge_columns,
  ...pattern_columns,
};

/** Does not compile when a column of the contract is missing above: the answer type is then the missing name. */
type Missing = { [Name in ViewName]: Exclude<keyof ViewRow<Name>, (typeof view_columns)[Name][number]> }[ViewName];
export const no_column_missing: [Missing] extends [never] ? true : Missing = true;
