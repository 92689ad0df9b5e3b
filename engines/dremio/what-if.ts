import { SourceError, type WhatIf } from '@plumbline/contracts';

const reason = 'Dremio cannot plan with a reflection that is not there';
const fix =
  'Compare before and after instead: the measurement begins with the first run that the new reflection answers';

const refuse = (): Promise<never> => Promise.reject(new SourceError('unsupported', reason, fix));

/** Nothing can be proven beforehand; what was applied is measured. */
export const what_if: WhatIf = { can_prove: false, reason, fix, plan: refuse, indexSizeBytes: refuse };
