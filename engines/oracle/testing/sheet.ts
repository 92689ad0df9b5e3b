import type { TableDescription } from '../../testing/relational/tables.js';

/**
 * The columns of Oracle's views that the engine may name, with their types. Source: Oracle Database Reference, 12.2 to
 * 21c, chapters "Static Data Dictionary Views" and "Dynamic Performance Views" (docs.oracle.com), the licensing page of
 * 19c, and for PERFSTAT the scripts of the product (rdbms/admin/spctab.sql). No server has checked them: TYPES.md.
 */
type Columns = Readonly<Record<string, string>>;

const number = 'NUMBER';
const name = 'VARCHAR2(128)';
const numbers = (...names: readonly string[]): Columns => Object.fromEntries(names.map((one) => [one, number]));
const texts = (type: string, ...names: readonly string[]): Columns =>
  Object.fromEntries(names.map((one) => [one, type]));

/** What every view of AWR has beside its own columns. */
const of_snapshot = numbers('SNAP_ID', 'DBID', 'INSTANCE_NUMBER', 'CON_DBID', 'CON_ID');

const paired = [
  ...['FETCHES', 'END_OF_FETCH_COUNT', 'SORTS', 'EXECUTIONS', 'PX_SERVERS_EXECS', 'LOADS', 'INVALIDATIONS'],
  ...['PARSE_CALLS', 'DISK_READS', 'BUFFER_GETS', 'ROWS_PROCESSED', 'CPU_TIME', 'ELAPSED_TIME', 'IOWAIT', 'CLWAIT'],
  ...['APWAIT', 'CCWAIT', 'DIRECT_WRITES', 'PLSEXEC_TIME', 'JAVEXEC_TIME', 'IO_OFFLOAD_ELIG_BYTES'],
  ...['IO_INTERCONNECT_BYTES', 'PHYSICAL_READ_REQUESTS', 'PHYSICAL_READ_BYTES', 'PHYSICAL_WRITE_REQUESTS'],
  ...['PHYSICAL_WRITE_BYTES', 'OPTIMIZED_PHYSICAL_READS', 'CELL_UNCOMPRESSED_BYTES', 'IO_OFFLOAD_RETURN_BYTES'],
];

const plan_columns: Columns = {
  ...numbers('DBID', 'PLAN_HASH_VALUE', 'ID', 'PARENT_ID', 'DEPTH', 'POSITION', 'OBJECT#', 'SEARCH_COLUMNS', 'COST'),
  ...numbers('CARDINALITY', 'BYTES', 'PARTITION_ID', 'CPU_COST', 'IO_COST', 'TEMP_SPACE', 'TIME', 'CON_DBID', 'CON_ID'),
  ...{ SQL_ID: 'VARCHAR2(13)', OTHER_XML: 'CLOB', TIMESTAMP: 'DATE' },
  ...texts(name, 'OPERATION', 'OPTIONS', 'OBJECT_NODE', 'OBJECT_OWNER', 'OBJECT_NAME', 'OBJECT_ALIAS', 'OBJECT_TYPE'),
  ...texts(name, 'OPTIMIZER', 'OTHER_TAG', 'PARTITION_START', 'PARTITION_STOP', 'DISTRIBUTION', 'QBLOCK_NAME'),
  ...texts('VARCHAR2(4000)', 'ACCESS_PREDICATES', 'FILTER_PREDICATES', 'PROJECTION', 'REMARKS'),
};
const { DBID: _dbid, CON_DBID: _con_dbid, ...cached_plan_columns } = plan_columns;

const events = numbers('EVENT_ID', 'TOTAL_WAITS', 'TOTAL_TIMEOUTS', 'TIME_WAITED_MICRO');
const foreground_events = numbers('TOTAL_WAITS_FG', 'TOTAL_TIMEOUTS_FG', 'TIME_WAITED_MICRO_FG');

const views: Readonly<Record<string, Columns>> = {
  DBA_HIST_SNAPSHOT: {
    ...numbers('SNAP_ID', 'DBID', 'INSTANCE_NUMBER', 'SNAP_LEVEL', 'ERROR_COUNT', 'SNAP_FLAG', 'CON_ID'),
    ...texts('TIMESTAMP(3)', 'STARTUP_TIME', 'BEGIN_INTERVAL_TIME', 'END_INTERVAL_TIME'),
    ...texts('INTERVAL DAY TO SECOND', 'FLUSH_ELAPSED', 'SNAP_TIMEZONE'),
  },
  DBA_HIST_WR_CONTROL: {
    ...numbers('DBID', 'CON_ID', 'SRC_DBID'),
    ...texts('INTERVAL DAY TO SECOND', 'SNAP_INTERVAL', 'RETENTION'),
    ...{ TOPNSQL: 'VARCHAR2(10)', SRC_DBNAME: name },
  },
  DBA_HIST_SQLSTAT: {
    ...of_snapshot,
    ...{ SQL_ID: 'VARCHAR2(13)', MODULE: 'VARCHAR2(64)', ACTION: 'VARCHAR2(64)', SQL_PROFILE: 'VARCHAR2(64)' },
    ...{ OPTIMIZER_MODE: 'VARCHAR2(10)', PARSING_SCHEMA_NAME: name, BIND_DATA: 'RAW(2000)' },
    ...numbers('PLAN_HASH_VALUE', 'OPTIMIZER_COST', 'OPTIMIZER_ENV_HASH_VALUE', 'SHARABLE_MEM', 'LOADED_VERSIONS'),
    ...numbers('VERSION_COUNT', 'FORCE_MATCHING_SIGNATURE', 'PARSING_SCHEMA_ID', 'PARSING_USER_ID', 'FLAG'),
    ...numbers(...paired.flatMap((one) => [`${one}_TOTAL`, `${one}_DELTA`])),
  },
  DBA_HIST_SQLTEXT: {
    ...numbers('DBID', 'COMMAND_TYPE', 'CON_DBID', 'CON_ID'),
    SQL_ID: 'VARCHAR2(13)',
    SQL_TEXT: 'CLOB',
  },
  DBA_HIST_SQL_PLAN: plan_columns,
  DBA_HIST_SYSSTAT: { ...of_snapshot, ...numbers('STAT_ID', 'VALUE'), STAT_NAME: 'VARCHAR2(64)' },
  DBA_HIST_SYS_TIME_MODEL: { ...of_snapshot, ...numbers('STAT_ID', 'VALUE'), STAT_NAME: 'VARCHAR2(64)' },
  DBA_HIST_OSSTAT: { ...of_snapshot, ...numbers('STAT_ID', 'VALUE'), STAT_NAME: 'VARCHAR2(64)' },
  DBA_HIST_SYSTEM_EVENT: {
    ...{ ...of_snapshot, ...events, ...foreground_events },
    ...texts('VARCHAR2(64)', 'EVENT_NAME', 'WAIT_CLASS'),
  },
  DBA_HIST_SYSMETRIC_SUMMARY: {
    ...{
      ...of_snapshot,
      BEGIN_TIME: 'DATE',
      END_TIME: 'DATE',
      METRIC_NAME: 'VARCHAR2(64)',
      METRIC_UNIT: 'VARCHAR2(64)',
    },
    ...numbers('INTSIZE', 'GROUP_ID', 'METRIC_ID', 'NUM_INTERVAL', 'MINVAL', 'MAXVAL', 'AVERAGE', 'SUM_SQUARES'),
    ...numbers('STANDARD_DEVIATION'),
  },
  DBA_HIST_ACTIVE_SESS_HISTORY: {
    ...{ ...of_snapshot, SAMPLE_TIME: 'TIMESTAMP(3)', SQL_EXEC_START: 'DATE' },
    ...texts('VARCHAR2(13)', 'SQL_ID', 'TOP_LEVEL_SQL_ID'),
    ...texts('VARCHAR2(64)', 'EVENT', 'WAIT_CLASS', 'SESSION_STATE', 'PROGRAM', 'MODULE', 'ACTION', 'MACHINE'),
    ...numbers('SAMPLE_ID', 'SESSION_ID', 'SESSION_SERIAL#', 'SQL_PLAN_HASH_VALUE', 'FORCE_MATCHING_SIGNATURE'),
    ...numbers('SQL_PLAN_LINE_ID', 'SQL_EXEC_ID', 'BLOCKING_SESSION', 'BLOCKING_INST_ID', 'CURRENT_OBJ#'),
    ...numbers('TM_DELTA_DB_TIME', 'PGA_ALLOCATED', 'TEMP_SPACE_ALLOCATED'),
  },
  V$DATABASE: { ...numbers('DBID', 'CON_DBID', 'CON_ID'), NAME: 'VARCHAR2(9)', CDB: 'VARCHAR2(3)' },
  V$INSTANCE: {
    ...numbers('INSTANCE_NUMBER', 'CON_ID'),
    ...texts('VARCHAR2(64)', 'INSTANCE_NAME', 'HOST_NAME', 'STATUS', 'VERSION', 'VERSION_FULL', 'PARALLEL'),
    STARTUP_TIME: 'DATE',
  },
  GV$INSTANCE: {
    ...numbers('INST_ID', 'INSTANCE_NUMBER', 'CON_ID'),
    ...texts('VARCHAR2(64)', 'INSTANCE_NAME', 'HOST_NAME', 'STATUS', 'VERSION', 'VERSION_FULL', 'PARALLEL'),
    STARTUP_TIME: 'DATE',
  },
  V$CONTAINERS: { ...numbers('CON_ID', 'DBID'), NAME: name },
  V$PARAMETER: { ...numbers('CON_ID'), NAME: 'VARCHAR2(80)', ...texts('VARCHAR2(4000)', 'VALUE', 'DISPLAY_VALUE') },
  V$SYSTEM_PARAMETER: {
    ...{ ...numbers('CON_ID'), NAME: 'VARCHAR2(80)', ...texts('VARCHAR2(4000)', 'VALUE', 'DISPLAY_VALUE') },
    ...texts('VARCHAR2(9)', 'ISDEFAULT', 'ISSES_MODIFIABLE', 'ISSYS_MODIFIABLE', 'ISPDB_MODIFIABLE', 'ISMODIFIED'),
  },
  GV$SQLSTATS: {
    ...{ SQL_TEXT: 'VARCHAR2(1000)', SQL_FULLTEXT: 'CLOB', SQL_ID: 'VARCHAR2(13)', LAST_ACTIVE_TIME: 'DATE' },
    ...numbers('INST_ID', 'PLAN_HASH_VALUE', 'PARSE_CALLS', 'DISK_READS', 'DIRECT_WRITES', 'BUFFER_GETS', 'FETCHES'),
    ...numbers('ROWS_PROCESSED', 'EXECUTIONS', 'END_OF_FETCH_COUNT', 'LOADS', 'VERSION_COUNT', 'INVALIDATIONS'),
    ...numbers('PX_SERVERS_EXECUTIONS', 'CPU_TIME', 'ELAPSED_TIME', 'AVG_HARD_PARSE_TIME', 'APPLICATION_WAIT_TIME'),
    ...numbers('CONCURRENCY_WAIT_TIME', 'CLUSTER_WAIT_TIME', 'USER_IO_WAIT_TIME', 'PLSQL_EXEC_TIME', 'SORTS'),
    ...numbers('SHARABLE_MEM', 'PHYSICAL_READ_BYTES', 'PHYSICAL_READ_REQUESTS', 'PHYSICAL_WRITE_BYTES'),
    ...numbers('PHYSICAL_WRITE_REQUESTS', 'EXACT_MATCHING_SIGNATURE', 'FORCE_MATCHING_SIGNATURE', 'CON_ID'),
  },
  GV$SQL_PLAN: { ...cached_plan_columns, ...numbers('INST_ID', 'CHILD_NUMBER') },
  GV$SESSION: {
    ...numbers('INST_ID', 'SID', 'SERIAL#', 'CON_ID'),
    ...texts('VARCHAR2(64)', 'USERNAME', 'STATUS', 'TYPE', 'MODULE', 'ACTION', 'PROGRAM', 'STATE', 'EVENT'),
    ...{ WAIT_CLASS: 'VARCHAR2(64)', SQL_ID: 'VARCHAR2(13)' },
  },
  GV$SYSTEM_EVENT: {
    ...{ ...events, ...foreground_events, ...numbers('INST_ID', 'CON_ID') },
    ...texts('VARCHAR2(64)', 'EVENT', 'WAIT_CLASS'),
  },
  GV$SYSSTAT: { ...numbers('INST_ID', 'STATISTIC#', 'CLASS', 'VALUE', 'STAT_ID', 'CON_ID'), NAME: 'VARCHAR2(64)' },
  GV$SYS_TIME_MODEL: { ...numbers('INST_ID', 'STAT_ID', 'VALUE', 'CON_ID'), STAT_NAME: 'VARCHAR2(64)' },
  GV$OSSTAT: { ...numbers('INST_ID', 'OSSTAT_ID', 'VALUE', 'CON_ID'), STAT_NAME: 'VARCHAR2(64)' },
  DBA_USERS: { ...numbers('USER_ID'), USERNAME: name, ORACLE_MAINTAINED: 'VARCHAR2(1)' },
  DBA_TABLES: {
    ...texts(name, 'OWNER', 'TABLE_NAME', 'TABLESPACE_NAME'),
    ...numbers('NUM_ROWS', 'BLOCKS', 'AVG_ROW_LEN'),
    ...{ LAST_ANALYZED: 'DATE', TEMPORARY: 'VARCHAR2(1)', PARTITIONED: 'VARCHAR2(3)' },
  },
  DBA_TAB_MODIFICATIONS: {
    ...texts(name, 'TABLE_OWNER', 'TABLE_NAME', 'PARTITION_NAME', 'SUBPARTITION_NAME'),
    ...{ ...numbers('INSERTS', 'UPDATES', 'DELETES'), TIMESTAMP: 'DATE', TRUNCATED: 'VARCHAR2(3)' },
  },
  DBA_TAB_COLUMNS: {
    ...texts(name, 'OWNER', 'TABLE_NAME', 'COLUMN_NAME', 'DATA_TYPE'),
    ...{ ...numbers('COLUMN_ID', 'DATA_LENGTH', 'DATA_PRECISION', 'DATA_SCALE'), NULLABLE: 'VARCHAR2(1)' },
  },
  DBA_TAB_COL_STATISTICS: {
    ...texts(name, 'OWNER', 'TABLE_NAME', 'COLUMN_NAME', 'HISTOGRAM'),
    ...{ ...numbers('NUM_DISTINCT', 'NUM_NULLS', 'AVG_COL_LEN', 'DENSITY'), LAST_ANALYZED: 'DATE' },
  },
  DBA_INDEXES: {
    ...texts(name, 'OWNER', 'INDEX_NAME', 'TABLE_OWNER', 'TABLE_NAME', 'INDEX_TYPE', 'UNIQUENESS', 'STATUS'),
    ...{ VISIBILITY: 'VARCHAR2(9)', ...numbers('LEAF_BLOCKS', 'BLEVEL', 'CLUSTERING_FACTOR', 'DISTINCT_KEYS') },
  },
  DBA_IND_COLUMNS: {
    ...texts(name, 'INDEX_OWNER', 'INDEX_NAME', 'TABLE_OWNER', 'TABLE_NAME', 'COLUMN_NAME'),
    ...{ ...numbers('COLUMN_POSITION'), DESCEND: 'VARCHAR2(4)' },
  },
  DBA_IND_EXPRESSIONS: {
    ...texts(name, 'INDEX_OWNER', 'INDEX_NAME', 'TABLE_OWNER', 'TABLE_NAME'),
    ...{ ...numbers('COLUMN_POSITION'), COLUMN_EXPRESSION: 'LONG' },
  },
  DBA_CONSTRAINTS: {
    ...texts(name, 'OWNER', 'CONSTRAINT_NAME', 'TABLE_NAME', 'R_OWNER', 'R_CONSTRAINT_NAME', 'STATUS'),
    ...{ CONSTRAINT_TYPE: 'VARCHAR2(1)', ...texts(name, 'INDEX_OWNER', 'INDEX_NAME') },
  },
  DBA_CONS_COLUMNS: {
    ...{ ...texts(name, 'OWNER', 'CONSTRAINT_NAME', 'TABLE_NAME', 'COLUMN_NAME'), ...numbers('POSITION') },
  },
  DBA_INDEX_USAGE: {
    ...{ ...numbers('OBJECT_ID', 'TOTAL_ACCESS_COUNT', 'TOTAL_EXEC_COUNT'), LAST_USED: 'DATE' },
    ...texts(name, 'NAME', 'OWNER'),
  },
  ALL_TAB_COLUMNS: texts(name, 'OWNER', 'TABLE_NAME', 'COLUMN_NAME'),
  SESSION_PRIVS: { PRIVILEGE: 'VARCHAR2(40)' },
};

const statspack: Readonly<Record<string, Columns>> = {
  STATS$SNAPSHOT: {
    ...{ ...numbers('SNAP_ID', 'DBID', 'INSTANCE_NUMBER', 'SNAP_LEVEL'), SNAP_TIME: 'DATE', STARTUP_TIME: 'DATE' },
  },
  STATS$SQL_SUMMARY: {
    ...{ TEXT_SUBSET: 'VARCHAR2(31)', SQL_ID: 'VARCHAR2(13)', MODULE: 'VARCHAR2(64)' },
    ...numbers('SNAP_ID', 'DBID', 'INSTANCE_NUMBER', 'OLD_HASH_VALUE', 'COMMAND_TYPE', 'FORCE_MATCHING_SIGNATURE'),
    ...numbers('EXECUTIONS', 'PX_SERVERS_EXECUTIONS', 'ELAPSED_TIME', 'CPU_TIME', 'BUFFER_GETS', 'DISK_READS'),
    ...numbers('ROWS_PROCESSED', 'DIRECT_WRITES', 'USER_IO_WAIT_TIME', 'CLUSTER_WAIT_TIME', 'APPLICATION_WAIT_TIME'),
    ...numbers('CONCURRENCY_WAIT_TIME', 'PLSQL_EXEC_TIME', 'JAVA_EXEC_TIME', 'END_OF_FETCH_COUNT'),
  },
  STATS$SQLTEXT: {
    ...{ TEXT_SUBSET: 'VARCHAR2(31)', SQL_ID: 'VARCHAR2(13)', SQL_TEXT: 'VARCHAR2(64)' },
    ...numbers('OLD_HASH_VALUE', 'PIECE', 'COMMAND_TYPE', 'LAST_SNAP_ID'),
  },
};

export const sheet: readonly TableDescription[] = [
  ...Object.entries(views).map(([table_name, columns]) => ({ schema_name: '', table_name, columns })),
  ...Object.entries(statspack).map(([table_name, columns]) => ({ schema_name: 'PERFSTAT', table_name, columns })),
];
