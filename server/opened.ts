import type { Log } from '@plumbline/collector';

/** What was opened, to be closed in reverse order: also when the start fails half way. */
export interface Opened {
  add(name: string, close: () => Promise<unknown> | unknown): void;
  /** Every part is tried; what fails to close is logged and does not keep the rest open. */
  closeAll(log: Log): Promise<void>;
}

/** Longer than this is worth a line: a stop has ten seconds for all parts. */
const slow_ms = 2_000;

export function createOpened(): Opened {
  const parts: { name: string; close: () => Promise<unknown> | unknown }[] = [];
  return {
    add: (name, close) => void parts.push({ name, close }),
    async closeAll(log) {
      for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
        const began = performance.now();
        try {
          await part.close();
          const elapsed_ms = Math.round(performance.now() - began);
          log(elapsed_ms > slow_ms ? 'warn' : 'debug', 'Closed', { part: part.name, elapsed_ms });
        } catch (error) {
          log('error', 'Could not be closed', { part: part.name, error });
        }
      }
    },
  };
}
