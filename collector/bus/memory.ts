import type { Batch } from '@plumbline/contracts';
import type { Bus, BusHandler } from './bus.js';

const closed_message = 'The bus is closed';

/** In process: publish resolves when the handler has. Before anyone subscribes, publishes wait. */
export function createMemoryBus(): Bus {
  const last_of_instance = new Map<string, Promise<void>>();
  let is_closed = false;
  let handler: BusHandler | undefined;
  let openGate: () => void = () => undefined;
  let shutGate: (reason: Error) => void = () => undefined;
  const gate = new Promise<void>((resolve, reject) => {
    openGate = resolve;
    shutGate = reject;
  });
  gate.catch(() => undefined); // closing with nobody waiting is no error

  async function deliver(batch: Batch, before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined);
    await gate;
    if (is_closed || handler === undefined) throw new Error(closed_message);
    if ((await handler([{ content: batch }])) !== 1) throw new Error('The handler did not take the batch');
  }

  return {
    async publish(batch) {
      if (is_closed) throw new Error(closed_message);
      const delivery = deliver(batch, last_of_instance.get(batch.instance_id));
      last_of_instance.set(batch.instance_id, delivery);
      try {
        await delivery;
      } finally {
        if (last_of_instance.get(batch.instance_id) === delivery) last_of_instance.delete(batch.instance_id);
      }
    },
    async subscribe(next_handler) {
      if (handler !== undefined) throw new Error('The memory bus has a handler already');
      handler = next_handler;
      openGate();
    },
    async close() {
      is_closed = true;
      shutGate(new Error(closed_message));
    },
  };
}
