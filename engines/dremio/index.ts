import type { Engine } from '@plumbline/contracts';
import { aspects } from './aspects.js';
import { openConnection } from './connection.js';
import { default_options } from './options.js';
import { render } from './render.js';

/** Dremio Software and Community 24 to 26, and Dremio Cloud; which one it is, the host says. */
export const engine: Engine = {
  id: 'dremio',
  label: 'Dremio',
  dialect: 'dremio',
  abilities: ['statements', 'runs', 'plans', 'settings', 'tables', 'columns', 'reflections', 'table_files'],
  default_port: 9047,
  database_field: {
    label: 'Project',
    description: 'On Dremio Cloud the id of the project (Project settings, General); else any name, for example dremio',
  },
  option_fields: [
    {
      name: 'sql_engine',
      label: 'Engine of Dremio',
      description: 'That our own SQL runs on; empty: the default one',
      kind: 'text',
    },
    {
      name: 'backfill_h',
      label: 'Hours of history to begin with',
      description: '0 to 720; empty: none',
      kind: 'number',
    },
  ],
  url_schemes: ['dremio'],
  aspects,
  connect: (target) => openConnection(target, default_options),
  render,
};
