import type { TimeLimit } from '@plumbline/contracts';
import type { Query, Source } from './source.js';

export interface MeteredSource extends Source {
  /** How long the server was busy with this reading: its statements, without the wait for a turn or our own work. */
  readonly busy_ms: number;
}

/** The source as one reading sees it. The reading's time limit stands still while other readings have the lane. */
export function metered(source: Source, limit: TimeLimit | undefined): MeteredSource {
  let busy_ms = 0;
  const timed =
    (query: Query): Query =>
    async (...asked) => {
      const began_ms = performance.now();
      try {
        return await query(...asked);
      } finally {
        busy_ms += performance.now() - began_ms;
      }
    };
  return {
    ...source,
    get busy_ms() {
      return busy_ms;
    },
    read(lane, work) {
      limit?.pause();
      let is_waiting = true;
      const endWait = (): void => {
        if (is_waiting) limit?.resume();
        is_waiting = false;
      };
      const begin = (query: Query) => {
        endWait();
        return work(timed(query));
      };
      return source.read(lane, begin).finally(endWait);
    },
  };
}
