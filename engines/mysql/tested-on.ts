import type { TestedOn } from '../tested-on.js';

export const tested_on: TestedOn = {
  kind: 'real server',
  sources: 'MariaDB 10.11 from Debian; MySQL 9.7 where one is installed',
  unproven: 'MySQL 8, and MySQL 9.7 on machines without it: its plans and histograms come from its documentation.',
};
