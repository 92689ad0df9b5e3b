import type { TestedOn } from '../tested-on.js';

export const tested_on: TestedOn = {
  kind: 'stand-in',
  sources: 'Tables with the columns of the contract sheet in a real PostgreSQL, behind a driver double',
  unproven: 'Everything: no statement of this engine has met an Oracle server.',
};
