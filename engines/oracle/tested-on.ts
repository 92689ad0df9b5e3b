import type { TestedOn } from '../tested-on.js';

export const tested_on: TestedOn = {
  kind: 'stand-in',
  sources:
    'Tables with the documented columns of 12.1 to 21c in a real PostgreSQL, behind a driver double; the real driver ' +
    'against closed ports and servers that are no Oracle',
  unproven:
    'Everything: no statement of this engine has met an Oracle server (engines/oracle/TYPES.md says which part stands on what).',
};
