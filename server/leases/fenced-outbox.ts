import { OutboxError, withReader } from '@plumbline/collector';
import type { AppendRequest, Outbox } from '@plumbline/collector';
import type { Shards } from './shards.js';

/**
 * The outbox as a sharing collector gets it: a reading is kept only while the instance is ours, so that none overlaps
 * with what the next owner reads, and says under which term it was read. What was kept before is delivered whoever owns
 * the instance by then. States are forgotten when another has read in between (taking-over.ts), not when reading pauses.
 */
export function fencedOutbox(outbox: Outbox, shards: Pick<Shards, 'isOurs' | 'termOf' | 'options'>): Outbox {
  let sequence = 0;

  async function withTerm({ batch, state }: AppendRequest): Promise<AppendRequest> {
    const term = state && shards.termOf(state.instance_id);
    if (state === undefined || term === undefined) return { batch, state };
    const reading = { ...state, term, sequence: ++sequence };
    return { batch: await withReader(batch, reading, shards.options.ship_states), state };
  }

  return {
    readState: (instance_id, aspect) => outbox.readState(instance_id, aspect),
    async append(request) {
      const told = await withTerm(request);
      const instance_id = told.batch?.instance_id ?? told.state?.instance_id ?? '';
      if (!shards.isOurs(instance_id)) {
        const fix = 'Nothing to do where another collector reads it; else see that the store answers.';
        throw new OutboxError(`The lease on ${instance_id} lapsed: this reading is not kept`, fix);
      }
      await outbox.append(told);
    },
    pending: () => outbox.pending(),
    claim: (batch_id) => outbox.claim(batch_id),
    acknowledge: (batch_id) => outbox.acknowledge(batch_id),
    forget: async () => undefined,
    get size_bytes() {
      return outbox.size_bytes;
    },
    close: () => outbox.close(),
  };
}
