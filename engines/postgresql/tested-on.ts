import type { TestedOn } from '../tested-on.js';

export const tested_on: TestedOn = {
  kind: 'real server',
  sources: 'PostgreSQL 15 from Debian with HypoPG; 13, 14, 16, 17 and 18 from npm',
  unproven: 'What-if plans on other versions than 15: the servers from npm have no HypoPG.',
};
