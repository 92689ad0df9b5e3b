import type { Action, RenderedAction } from '@plumbline/contracts';
import { quoted } from './statement.js';

type ChangeSetting = Extract<Action, { readonly kind: 'change_setting' }>;

const literal = (text: string): string => `N'${text.replaceAll("'", "''")}'`;
const isNumber = (text: string): boolean => /^-?\d+$/.test(text.trim());
/** A number or a word stands as it is; anything else is a literal, so that no value can end the statement. */
const bareOr = (text: string): string => (/^[\w.-]+$/.test(text) ? text : literal(text));

/** Options of ALTER DATABASE by the column that tells them (collect/settings.ts). */
const database_options: Readonly<Record<string, (value: string) => string>> = {
  compatibility_level: (value) => `COMPATIBILITY_LEVEL = ${bareOr(value)}`,
  recovery_model: (value) => `RECOVERY ${bareOr(value)}`,
  snapshot_isolation_state: (value) => `ALLOW_SNAPSHOT_ISOLATION ${bareOr(value)}`,
  is_read_committed_snapshot_on: (value) => `READ_COMMITTED_SNAPSHOT ${bareOr(value)}`,
  is_auto_create_stats_on: (value) => `AUTO_CREATE_STATISTICS ${bareOr(value)}`,
  is_auto_update_stats_on: (value) => `AUTO_UPDATE_STATISTICS ${bareOr(value)}`,
  is_auto_update_stats_async_on: (value) => `AUTO_UPDATE_STATISTICS_ASYNC ${bareOr(value)}`,
  is_parameterization_forced: (value) => `PARAMETERIZATION ${value === 'ON' ? 'FORCED' : 'SIMPLE'}`,
  is_auto_close_on: (value) => `AUTO_CLOSE ${bareOr(value)}`,
  is_auto_shrink_on: (value) => `AUTO_SHRINK ${bareOr(value)}`,
};

/** A session option, a database's option or scoped configuration (`[shop].MAXDOP`), or the server's configuration. */
export function changeSetting(action: ChangeSetting): RenderedAction {
  if (action.scope === 'session') return sessionSetting(action);
  const named = /^\[((?:[^\]]|\]\])*)\]\.(\w+)$/.exec(action.name);
  const [, database_name, option] = named ?? [];
  if (database_name !== undefined && option !== undefined)
    return databaseSetting(action, database_name.replaceAll(']]', ']'), option);
  return serverSetting(action);
}

function sessionSetting(action: ChangeSetting): RenderedAction {
  const set = (value: string): string => `SET ${action.name.replace(/[^\w ]/g, '')} ${bareOr(value)}`;
  return {
    ddl: [set(action.value)],
    rollback_ddl: action.previous_value === '' ? [] : [set(action.previous_value)],
    cautions: ['It holds for one session only: the application sets it where it connects or before the statement'],
  };
}

function databaseSetting(action: ChangeSetting, database_name: string, option: string): RenderedAction {
  const database = quoted(database_name);
  const optionText = database_options[option];
  const statementOf = (value: string): string =>
    optionText === undefined
      ? `EXEC ${database}.sys.sp_executesql ${literal(`ALTER DATABASE SCOPED CONFIGURATION SET ${option} = ${bareOr(value)}`)}`
      : `ALTER DATABASE ${database} SET ${optionText(value)}`;
  const waits =
    option === 'is_read_committed_snapshot_on'
      ? ['It waits until no other session is in the database: add WITH ROLLBACK IMMEDIATE only in a maintenance window']
      : [];
  return {
    ddl: [statementOf(action.value)],
    rollback_ddl: action.previous_value === '' ? [] : [statementOf(action.previous_value)],
    cautions: [
      `Needs ALTER on database ${database}; it holds at once for every session there`,
      'It empties the cached plans of the database: all statements are compiled anew, and totals of the plan cache begin again',
      ...waits,
    ],
  };
}

/** Changes of these empty the plan cache. */
const flushing =
  /max degree of parallelism|cost threshold|max server memory|min server memory|query governor|max worker/i;

function serverSetting(action: ChangeSetting): RenderedAction {
  const configure = (value: string): string[] => [
    "EXEC sys.sp_configure N'show advanced options', 1",
    'RECONFIGURE',
    `EXEC sys.sp_configure ${literal(action.name)}, ${isNumber(value) ? value.trim() : literal(value)}`,
    'RECONFIGURE',
  ];
  const flushes = flushing.test(action.name)
    ? ['RECONFIGURE of this setting empties the plan cache: statements are compiled anew, and plan-cache totals end']
    : [];
  const restarts =
    action.change_needs === 'restart' ? ['Takes effect only after a restart of the server: plan the outage'] : [];
  const roles =
    action.scope === 'role'
      ? ['SQL Server has no settings per login: this changes the whole server (a Resource Governor group is narrower)']
      : [];
  return {
    ddl: configure(action.value),
    rollback_ddl: action.previous_value === '' ? [] : configure(action.previous_value),
    cautions: [
      'Needs ALTER SETTINGS; not available in Azure SQL Database: set it per database there',
      ...flushes,
      ...restarts,
      ...roles,
    ],
  };
}
