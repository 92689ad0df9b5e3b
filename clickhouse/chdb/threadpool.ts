/**
 * Every call into the embedded engine holds one libuv thread until it is answered, and file reads of the whole process
 * wait for the same threads. So reads in flight stay below the pool's size, and the process that embeds the engine is
 * started with a larger pool: Node reads UV_THREADPOOL_SIZE when the pool is first used, so it must be in the
 * environment before the program starts.
 */
const default_libuv_threads = 4;
const most_reads = 8;
/** One write, one KILL QUERY, and two left to files and DNS. */
const kept_for_others = 4;

/** Start the embedding process with `UV_THREADPOOL_SIZE` of this. */
export const embedded_threadpool_size = most_reads + kept_for_others;

/** How many reads may be in the engine at once with the pool this process was started with. */
export function readsAtOnce(uv_threadpool_size = process.env['UV_THREADPOOL_SIZE']): number {
  const threads = Number(uv_threadpool_size);
  const real = Number.isInteger(threads) && threads > 0 ? threads : default_libuv_threads;
  return Math.min(most_reads, real - Math.max(0, Math.min(kept_for_others, real - 2)));
}
