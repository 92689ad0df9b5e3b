import type { TestedOn } from '../tested-on.js';

export const tested_on: TestedOn = {
  kind: 'stand-in',
  sources: 'An HTTP server that answers as the contract sheet says, on-prem and Cloud',
  unproven: 'Everything: no request of this engine has met a Dremio server.',
};
