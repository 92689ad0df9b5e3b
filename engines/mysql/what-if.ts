import { SourceError, type WhatIf } from '@plumbline/contracts';
import { familyName, type ServerFacts } from './source.js';

/** Neither family can plan with an index that is not there, and nothing here pretends to. */
export function whatIf(facts: ServerFacts): WhatIf {
  const reason = `${familyName(facts.family)} has no hypothetical indexes: only an index that is really built can be planned with`;
  const fix =
    facts.family === 'mysql'
      ? 'Rehearse it: CREATE INDEX … INVISIBLE is built and kept up to date but used by nobody; in one session ' +
        "SET SESSION optimizer_switch = 'use_invisible_indexes=on' and EXPLAIN the statement; then make it VISIBLE or drop it"
      : 'Rehearse it on a copy of the table: an IGNORED index is used by no session, so it cannot be tried beforehand';
  const refuse = (): Promise<never> => Promise.reject(new SourceError('unsupported', reason, fix));
  return { can_prove: false, reason, fix, plan: refuse, indexSizeBytes: refuse };
}
