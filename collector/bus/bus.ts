import { ProblemError } from '@plumbline/contracts';
import type { Batch } from '@plumbline/contracts';
import { createMemoryBus } from './memory.js';

/** Takes one message; resolves when it is durable on the consumer's side, rejects when it must be sent again. */
export type BusHandler = (message: unknown) => Promise<void>;

/** Carries batches from collectors to sinks. One contract suite (bus.contract.ts) for every implementation. */
export interface Bus {
  /** Resolves when the consumer's side has durably taken the batch; rejects when it must be published again. */
  publish(batch: Batch): Promise<void>;
  /** The batches of one instance reach the handler one at a time, in the order published. One handler per bus. */
  subscribe(handler: BusHandler): Promise<void>;
  /** Waiting publishes are rejected; the outbox still has them. */
  close(): Promise<void>;
}

/** `memory:` is in process. The scheme is the only thing that chooses. */
export function createBus(uri: string): Bus {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'memory') return createMemoryBus();
  throw new ProblemError([
    {
      where: 'bus',
      field: 'bus',
      message: scheme === '' ? 'this is not a bus address' : `the bus "${scheme}:" is not known`,
      mend: 'Use memory: to carry batches inside one process.',
    },
  ]);
}
