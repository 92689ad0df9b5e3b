import { SourceError, type WhatIf } from '@plumbline/contracts';

const reason =
  'SQL Server plans with an index that is not there only through the tuning advisor’s undocumented hypothetical indexes, which write to the database';
const fix =
  'Nothing to install: create the index on a copy of the database, or create it and let the measurement judge it';

const cannot = (): Promise<never> => Promise.reject(new SourceError('unsupported', reason, fix));

/** Nothing can be proven here without writing to the database, so nothing is claimed. */
export const no_what_if: WhatIf = { can_prove: false, reason, fix, plan: cannot, indexSizeBytes: cannot };
