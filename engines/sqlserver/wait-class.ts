import type { WaitDeltaRow } from '@plumbline/contracts';

export type WaitClass = WaitDeltaRow['wait_class'];

/** By the beginning of the wait type's name; the first that fits. */
const by_prefix: readonly (readonly [RegExp, WaitClass])[] = [
  [/^SOS_SCHEDULER_YIELD$/, 'cpu'],
  [/^LCK_/, 'lock'],
  [/^(PAGEIOLATCH_|WRITELOG|LOGBUFFER|IO_COMPLETION|ASYNC_IO_COMPLETION|BACKUPIO|LOGMGR)/, 'io'],
  [/^(PAGELATCH_|LATCH_)/, 'lwlock'],
  [/^(ASYNC_NETWORK_IO|NET_WAITFOR_PACKET)/, 'client'],
  [/^(CX|EXCHANGE|HT|BPSORT|BMP|HADR_|DBMIRROR|REPL_)/, 'ipc'],
];

/** The class of a wait type of sys.dm_os_wait_stats; '' means that the request does not wait. */
export const waitClass = (wait_type: string): WaitClass =>
  wait_type === '' ? 'cpu' : (by_prefix.find(([pattern]) => pattern.test(wait_type))?.[1] ?? 'other');

/** The class of a category of sys.query_store_wait_stats; undefined for Idle, which is no load. */
export function categoryClass(category: number): WaitClass | undefined {
  if (category === 11) return undefined;
  return by_category[category] ?? 'other';
}

const by_category: Readonly<Record<number, WaitClass>> = {
  1: 'cpu',
  3: 'lock',
  4: 'lwlock',
  5: 'lwlock',
  6: 'io',
  9: 'ipc',
  14: 'io',
  15: 'client',
  16: 'ipc',
  21: 'io',
  22: 'ipc',
};

/** Threads that sleep until there is work: they say nothing of load. Exact names and beginnings. */
const idle_names: ReadonlySet<string> = new Set([
  ...['BROKER_EVENTHANDLER', 'BROKER_RECEIVE_WAITFOR', 'BROKER_TASK_STOP', 'BROKER_TO_FLUSH', 'BROKER_TRANSMITTER'],
  ...['CHECKPOINT_QUEUE', 'CHKPT', 'CLR_AUTO_EVENT', 'CLR_MANUAL_EVENT', 'CLR_SEMAPHORE', 'DIRTY_PAGE_POLL'],
  ...['DISPATCHER_QUEUE_SEMAPHORE', 'EXECSYNC', 'FSAGENT', 'FT_IFTS_SCHEDULER_IDLE_WAIT', 'FT_IFTSHC_MUTEX'],
  ...['KSOURCE_WAKEUP', 'LAZYWRITER_SLEEP', 'LOGMGR_QUEUE', 'MEMORY_ALLOCATION_EXT', 'ONDEMAND_TASK_QUEUE'],
  ...['PARALLEL_REDO_DRAIN_WORKER', 'PARALLEL_REDO_LOG_CACHE', 'PARALLEL_REDO_TRAN_LIST', 'PARALLEL_REDO_WORKER_SYNC'],
  ...['PARALLEL_REDO_WORKER_WAIT_WORK', 'PVS_PREALLOCATE', 'PWAIT_ALL_COMPONENTS_INITIALIZED'],
  ...['PWAIT_DIRECTLOGCONSUMER_GETNEXT', 'PWAIT_EXTENSIBILITY_CLEANUP_TASK', 'QDS_ASYNC_QUEUE'],
  ...['QDS_CLEANUP_STALE_QUERIES_TASK_MAIN_LOOP_SLEEP', 'QDS_PERSIST_TASK_MAIN_LOOP_SLEEP', 'QDS_SHUTDOWN_QUEUE'],
  ...['REDO_THREAD_PENDING_WORK', 'REQUEST_FOR_DEADLOCK_SEARCH', 'RESOURCE_QUEUE', 'SERVER_IDLE_CHECK'],
  ...['SNI_HTTP_ACCEPT', 'SOS_WORK_DISPATCHER', 'SP_SERVER_DIAGNOSTICS_SLEEP', 'SQLTRACE_BUFFER_FLUSH'],
  ...['SQLTRACE_INCREMENTAL_FLUSH_SLEEP', 'SQLTRACE_WAIT_ENTRIES', 'STARTUP_DEPENDENCY_MANAGER', 'VDI_CLIENT_OTHER'],
  ...['WAIT_FOR_RESULTS', 'WAITFOR', 'WAITFOR_TASKSHUTDOWN', 'WAIT_XTP_CKPT_CLOSE', 'WAIT_XTP_HOST_WAIT'],
  ...['WAIT_XTP_OFFLINE_CKPT_NEW_LOG', 'WAIT_XTP_RECOVERY', 'XE_DISPATCHER_JOIN', 'XE_DISPATCHER_WAIT'],
  ...['XE_LIVE_TARGET_TVF', 'XE_TIMER_EVENT', 'CXCONSUMER'],
]);
const idle_beginnings =
  /^(SLEEP_|HADR_(WORK_QUEUE|TIMER_TASK|CLUSAPI_CALL|LOGCAPTURE_WAIT|NOTIFICATION_DEQUEUE|FILESTREAM_IOMGR_IOCOMPLETION)|PREEMPTIVE_(XE|OS_FLUSHFILEBUFFERS|HADR_LEASE)|UCS_SESSION_REGISTRATION|DBMIRROR_(DBM_EVENT|EVENTS_QUEUE|WORKER_QUEUE)|DBMIRRORING_CMD|PERSISTENT_VERSION|VDI_)/;

/** CXCONSUMER is here because a consumer that waits for its producer is no trouble of its own. */
export const isIdleWait = (wait_type: string): boolean => idle_names.has(wait_type) || idle_beginnings.test(wait_type);
