import type { TestedOn } from '../tested-on.js';

export const tested_on: TestedOn = {
  kind: 'real server',
  sources:
    'MariaDB 10.11 from Debian; MySQL 9.7.4 where scripts/unpack-mysql.sh has put one; plans captured from both, MySQL in both its formats',
  unproven:
    'MySQL 8 and MariaDB 11: what they say otherwise (no processor time before 8.0.28, the first format of EXPLAIN before 8.3, costs in plans of MariaDB 11) stands on their documentation.',
};
