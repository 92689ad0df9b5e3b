import type { AspectName, AspectSpec } from '@plumbline/contracts';
import type { History } from './licence.js';

/** What is collected, how often, and what one reading may cost the source. */
export const aspects: readonly AspectSpec[] = [
  {
    name: 'statements',
    summary: 'What every statement did: from AWR, from the cursor cache (no licence needed), or from Statspack',
    interval_s: 60,
    budget_ms: 2_000,
    budget_rows: 20_000,
    reads: ['DBA_HIST_SQLSTAT', 'DBA_HIST_SQLTEXT', 'DBA_HIST_SNAPSHOT', 'GV$SQLSTATS', 'STATS$SQL_SUMMARY'],
    needs: 'READ on the views; for AWR the Diagnostics Pack and diagnostics_pack_licensed: true',
  },
  {
    name: 'activity',
    summary: 'What sessions do and wait for: the samples of ASH where licensed, else one sample per reading',
    interval_s: 10,
    budget_ms: 1_000,
    budget_rows: 10_000,
    reads: ['DBA_HIST_ACTIVE_SESS_HISTORY', 'GV$SESSION'],
    needs: 'READ on the views; for ASH the Diagnostics Pack',
  },
  {
    name: 'waits',
    summary: 'Every wait of foreground sessions, counted and timed by the server',
    interval_s: 60,
    budget_ms: 1_000,
    budget_rows: 20_000,
    reads: ['DBA_HIST_SYSTEM_EVENT', 'GV$SYSTEM_EVENT'],
    needs: 'READ on the views; for AWR the Diagnostics Pack',
  },
  {
    name: 'metrics',
    summary: 'Database time, transactions, I/O and the host’s processors; restarts',
    interval_s: 60,
    budget_ms: 1_000,
    budget_rows: 10_000,
    reads: [
      'DBA_HIST_SYSSTAT',
      'DBA_HIST_SYS_TIME_MODEL',
      'DBA_HIST_OSSTAT',
      'DBA_HIST_SYSMETRIC_SUMMARY',
      'GV$SYSSTAT',
    ],
    needs: 'READ on the views; for AWR the Diagnostics Pack',
  },
  {
    name: 'settings',
    summary: 'Parameters of the instance, when they are first seen and when they change',
    interval_s: 300,
    budget_ms: 500,
    budget_rows: 2_000,
    reads: ['V$SYSTEM_PARAMETER'],
    needs: 'READ on V$SYSTEM_PARAMETER',
  },
  {
    name: 'tables',
    summary: 'Rows, sizes and writes of the tables of the container connected to',
    interval_s: 900,
    budget_ms: 5_000,
    budget_rows: 50_000,
    reads: ['DBA_TABLES', 'DBA_TAB_MODIFICATIONS', 'DBA_USERS'],
    needs: 'READ on the views',
  },
  {
    name: 'indexes',
    summary: 'Definitions, sizes and uses of the indexes of the container connected to',
    interval_s: 900,
    budget_ms: 5_000,
    budget_rows: 50_000,
    reads: ['DBA_INDEXES', 'DBA_IND_COLUMNS', 'DBA_CONSTRAINTS', 'DBA_CONS_COLUMNS', 'DBA_INDEX_USAGE'],
    needs: 'READ on the views',
  },
  {
    name: 'schema',
    summary: 'Columns of the container connected to: types and statistics, never values',
    interval_s: 3_600,
    budget_ms: 10_000,
    budget_rows: 200_000,
    reads: ['DBA_TAB_COLUMNS', 'DBA_TAB_COL_STATISTICS'],
    needs: 'READ on the views',
  },
  {
    name: 'plans',
    summary: 'Plans that the costliest statements really used, with the optimizer’s estimates; nothing is executed',
    interval_s: 600,
    budget_ms: 2_000,
    budget_rows: 5_000,
    reads: ['GV$SQL_PLAN', 'DBA_HIST_SQL_PLAN'],
    needs: 'READ on the views; for AWR the Diagnostics Pack',
  },
];

const of_connecting = ['facts.sql', 'facts-parameters.sql'];
const of_snapshots = ['awr-latest.sql', 'awr-snapshots.sql'];
const same = (files: readonly string[]) => ({ awr: files, cursors: files, statspack: files });

/** The statements that each aspect cannot do without, by where the history comes from. */
export const files_of: Readonly<
  Partial<Record<AspectName | 'connection', Readonly<Record<History, readonly string[]>>>>
> = {
  connection: same(of_connecting),
  statements: {
    awr: [...of_snapshots, 'awr-sqlstat.sql', 'awr-texts.sql'],
    cursors: ['cursors.sql', 'cursor-texts.sql', 'instances.sql'],
    statspack: ['statspack-latest.sql', 'statspack-snapshots.sql', 'statspack-sql.sql', 'statspack-texts.sql'],
  },
  activity: {
    awr: [...of_snapshots, 'awr-ash.sql', 'awr-texts.sql'],
    cursors: ['sessions.sql', 'cursor-texts.sql'],
    statspack: ['sessions.sql', 'statspack-texts.sql'],
  },
  waits: {
    awr: [...of_snapshots, 'awr-events.sql'],
    cursors: ['events.sql', 'instances.sql'],
    statspack: ['events.sql', 'instances.sql'],
  },
  metrics: {
    awr: [...of_snapshots, 'awr-statistics.sql', 'awr-summary.sql'],
    cursors: ['statistics.sql', 'instances.sql'],
    statspack: ['statistics.sql', 'instances.sql'],
  },
  settings: same(['settings.sql']),
  tables: same(['tables.sql']),
  indexes: same(['indexes.sql', 'index-columns.sql', 'index-constraints.sql']),
  schema: same(['columns.sql']),
  plans: {
    awr: [...of_snapshots, 'awr-plan-candidates.sql', 'awr-plan.sql', 'awr-texts.sql'],
    cursors: ['cursor-plan-candidates.sql', 'cursor-plan.sql', 'cursor-texts.sql'],
    statspack: ['cursor-plan-candidates.sql', 'cursor-plan.sql', 'cursor-texts.sql'],
  },
};

/** What makes an answer better, and is left out where it cannot be read. */
export const optional_files: readonly string[] = [
  'awr-control.sql',
  'cursor-texts.sql',
  'cursor-plan.sql',
  'index-usage.sql',
  'containers.sql',
];
