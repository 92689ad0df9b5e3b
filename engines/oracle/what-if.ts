import { SourceError, type WhatIf } from '@plumbline/contracts';

const reason =
  'Oracle plans with an index only once it is in the dictionary (built INVISIBLE, or the undocumented NOSEGMENT), and ' +
  'both are DDL, which the collector never runs';
const fix =
  'A DBA may try it: create the index INVISIBLE, ALTER SESSION SET OPTIMIZER_USE_INVISIBLE_INDEXES = TRUE, and EXPLAIN ' +
  'PLAN the statement in that session; no other session sees the index';

/** Nothing can be proven here without a write: index advice for Oracle stays an estimate. */
export const what_if: WhatIf = {
  can_prove: false,
  reason,
  fix,
  plan: () => Promise.reject(new SourceError('unsupported', reason, fix)),
  indexSizeBytes: () => Promise.reject(new SourceError('unsupported', reason, fix)),
};
