import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from './back-off.js';
import type { Bus } from './bus/bus.js';
import type { Log } from './log.js';
import { messageOf } from './message-of.js';
import type { Outbox, PendingBatch } from './outbox/outbox.js';

/**
 * Takes batches out of the outbox, oldest first, and hands them to the bus until each is durable. One at a time of each
 * instance, so that its batches stay in order; as many instances at once as the bus gains by.
 */
export interface Delivery {
  /** There may be something new. */
  wake(): void;
  readonly error: string;
  stop(): Promise<void>;
}

interface DeliveryOptions {
  readonly outbox: Outbox;
  readonly bus: Bus;
  readonly log: Log;
}

export function startDelivery({ outbox, bus, log }: DeliveryOptions): Delivery {
  const stopping = new AbortController();
  const at_once = bus.publishes_at_once ?? 1;
  const under_way = new Map<string, Promise<void>>();
  let error = '';
  let is_awake = true;
  let wakeUp: () => void = () => undefined;
  const wake = (): void => {
    is_awake = true;
    wakeUp();
  };

  async function deliver({ batch_id }: PendingBatch): Promise<void> {
    const batch = await outbox.claim(batch_id);
    if (batch === undefined) return;
    await bus.publish(batch);
    await outbox.acknowledge(batch_id);
  }

  /** A batch that fails holds its instance, and a place, until it is through. */
  async function deliverStubbornly(pending: PendingBatch): Promise<void> {
    for (let attempt = 1; !stopping.signal.aborted; attempt += 1) {
      try {
        await deliver(pending);
        error = '';
        return;
      } catch (reason) {
        if (stopping.signal.aborted) return;
        error = messageOf(reason);
        const { instance_id } = pending;
        log('warn', 'A batch could not be delivered; it is tried again', { instance_id, attempt, error });
        await sleep(backOffMs(attempt), undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  function begin(pending: PendingBatch): void {
    const delivering = deliverStubbornly(pending).finally(() => {
      under_way.delete(pending.instance_id);
      wake();
    });
    under_way.set(pending.instance_id, delivering);
  }

  function beginAll(): void {
    for (const pending of outbox.pending()) {
      if (under_way.size >= at_once) return;
      if (!under_way.has(pending.instance_id)) begin(pending);
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      is_awake = false;
      beginAll();
      if (!is_awake) await new Promise<void>((resolve) => (wakeUp = resolve));
    }
    await Promise.all(under_way.values());
  }

  const running = run();
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
