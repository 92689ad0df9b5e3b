import type { Engine } from '@plumbline/contracts';
import { aspects } from './aspects.js';
import { openConnection } from './connection.js';
import { default_options } from './options.js';
import { render } from './render.js';

/** MySQL 8.0 and later, MariaDB 10.6 and later. */
export const engine: Engine = {
  id: 'mysql',
  label: 'MySQL and MariaDB',
  dialect: 'mysql',
  abilities: ['statements', 'activity', 'plans', 'settings', 'tables', 'indexes', 'columns', 'histograms'],
  default_port: 3306,
  database_field: {
    label: 'Database',
    description: 'Any the account may use: all schemas it can see are read. information_schema is always there.',
  },
  url_schemes: ['mysql', 'mariadb'],
  aspects,
  connect: (target) => openConnection(target, default_options),
  render,
};
