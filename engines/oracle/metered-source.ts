import type { TimeLimit } from '@plumbline/contracts';
import type { Query, Source } from './source.js';

export interface MeteredSource extends Source {
  /** How long the server was busy with this reading: its statements, without the wait for a turn or our own work. */
  readonly busy_ms: number;
}

/** The source as one reading sees it. The reading's time limit stands still while other readings have the session. */
export function metered(source: Source, limit: TimeLimit | undefined): MeteredSource {
  let busy_ms = 0;
  const timed =
    (query: Query): Query =>
    async (file, binds) => {
      const began_ms = performance.now();
      try {
        return await query(file, binds);
      } finally {
        busy_ms += performance.now() - began_ms;
      }
    };
  return {
    get busy_ms() {
      return busy_ms;
    },
    get facts() {
      return source.facts;
    },
    get dictionary() {
      return source.dictionary;
    },
    read(work) {
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
      return source.read(begin).finally(endWait);
    },
    close: () => source.close(),
  };
}
