import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from './back-off.js';
import type { Bus } from './bus/bus.js';
import type { Log } from './log.js';
import { messageOf } from './message-of.js';
import type { Outbox } from './outbox/outbox.js';

/** Takes batches out of the outbox, oldest first, one at a time, and hands them to the bus until each is durable. */
export interface Delivery {
  /** There may be something new. */
  wake(): void;
  readonly error: string;
  stop(): Promise<void>;
}

export function startDelivery({ outbox, bus, log }: { outbox: Outbox; bus: Bus; log: Log }): Delivery {
  const stopping = new AbortController();
  let error = '';
  let wakeUp: () => void = () => undefined;
  let is_awake = true;

  async function deliverOldest(): Promise<boolean> {
    const [oldest] = outbox.pending();
    if (oldest === undefined) return false;
    const batch = await outbox.claim(oldest.batch_id);
    if (batch === undefined) return true;
    await bus.publish(batch);
    await outbox.acknowledge(batch.batch_id);
    return true;
  }

  async function sleepUntilWoken(): Promise<void> {
    if (!is_awake) await new Promise<void>((resolve) => (wakeUp = resolve));
    is_awake = false;
  }

  async function run(): Promise<void> {
    let attempt = 0;
    while (!stopping.signal.aborted) {
      try {
        if (!(await deliverOldest())) await sleepUntilWoken();
        attempt = 0;
        error = '';
      } catch (reason) {
        if (stopping.signal.aborted) return;
        attempt += 1;
        error = messageOf(reason);
        log('warn', 'A batch could not be delivered; it is tried again', { attempt, error });
        await sleep(backOffMs(attempt), undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  const running = run();
  const wake = (): void => {
    is_awake = true;
    wakeUp();
  };
  return {
    wake,
    get error() {
      return error;
    },
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };
}
