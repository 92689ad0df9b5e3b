import type { Engine } from '@plumbline/contracts';
import { aspects } from './aspects.js';
import { connectSession } from './connect.js';
import { openConnection } from './connection.js';
import { default_options } from './options.js';
import { render } from './render.js';

/** SQL Server 2016 to 2025, Azure SQL Database and Managed Instance. */
export const engine: Engine = {
  id: 'sqlserver',
  label: 'SQL Server',
  dialect: 'sqlserver',
  abilities: ['statements', 'activity', 'plans', 'settings', 'tables', 'indexes', 'columns'],
  default_port: 1433,
  database_field: {
    label: 'Database',
    description: 'Where the login connects, such as master; all user databases it may open are read',
  },
  url_schemes: ['sqlserver', 'mssql'],
  aspects,
  connect: (target) => openConnection(target, default_options, connectSession),
  render,
};
