import type { Engine } from '@plumbline/contracts';
import { aspects } from './aspects.js';
import { openConnection } from './connection.js';
import { default_options } from './options.js';
import { render } from './render.js';

/** PostgreSQL 13 to 18. */
export const engine: Engine = {
  id: 'postgresql',
  label: 'PostgreSQL',
  dialect: 'postgresql',
  abilities: ['statements', 'activity', 'plans', 'settings', 'tables', 'indexes', 'columns', 'what_if'],
  default_port: 5432,
  url_schemes: ['postgresql', 'postgres'],
  aspects,
  connect: (target) => openConnection(target, default_options),
  render,
};
