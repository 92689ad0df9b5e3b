import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@plumbline/collector';
import { errorText } from '../logging.js';

export interface Beat {
  /** No further round begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** Two that disputed a lease must not meet again at their next try. */
const shortest_share = 0.7;

/** Runs a round of leasing again and again, about every `every_ms`. A round that fails is logged and tried again. */
export function startBeat(round: () => Promise<void>, every_ms: number, log: Log): Beat {
  const stopping = new AbortController();
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) =>
        log('warn', 'Leases could not be renewed; what is leased rests when they lapse', { error: errorText(error) }),
      );
      const wait_ms = every_ms * (shortest_share + (1 - shortest_share) * Math.random());
      await sleep(wait_ms, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Three tries before a lease lapses. */
export const beatMs = (lapse_ms: number): number => lapse_ms / 3;
