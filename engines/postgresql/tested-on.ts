import type { TestedOn } from '../tested-on.js';

export const tested_on: TestedOn = {
  kind: 'real server',
  sources: 'PostgreSQL 15 from Debian with HypoPG, PostgreSQL 18 from npm',
  unproven:
    'Versions 13, 14, 16 and 17: their statements differ by file name only and were read against the documentation.',
};
