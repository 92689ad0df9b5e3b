import type { Utc } from './time.js';

/** What views are asked with. `from` is inclusive, `to` exclusive. */
export interface OfSpan {
  readonly from: Utc;
  readonly to: Utc;
}
/** `since` exclusive, `as_of` inclusive: windows are named by their end. */
export interface OfJudgedSpan {
  readonly since: Utc;
  readonly as_of: Utc;
}
/** '' means all. */
export interface OfInstance {
  readonly instance_id: string;
}
export interface OfQuery extends OfInstance {
  readonly query_hash: string;
}
