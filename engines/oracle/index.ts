import type { Engine } from '@plumbline/contracts';
import { aspects } from './aspects.js';
import { loadDriver } from './connect.js';
import { openConnection } from './connection.js';
import { optionsOf } from './options.js';
import { render } from './render.js';

/** Oracle Database 12.1 to 26ai, over the driver's thin mode: no client library is needed. */
export const engine: Engine = {
  id: 'oracle',
  label: 'Oracle Database',
  dialect: 'oracle',
  abilities: ['statements', 'activity', 'plans', 'settings', 'tables', 'indexes', 'columns'],
  default_port: 1521,
  database_field: {
    label: 'Service name',
    description:
      'As lsnrctl services lists it; of a pluggable database its own service, to see its tables and indexes.',
  },
  option_fields: [
    {
      name: 'diagnostics_pack_licensed',
      label: 'This database is licensed for the Diagnostics Pack',
      description: 'AWR and ASH are read only with your word; without it the cursor cache is',
      kind: 'switch',
    },
  ],
  url_schemes: ['oracle'],
  aspects,
  connect: async (target) => openConnection(target, optionsOf(target), loadDriver),
  render,
};
