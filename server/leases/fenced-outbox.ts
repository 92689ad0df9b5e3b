import { OutboxError } from '@plumbline/collector';
import type { Outbox } from '@plumbline/collector';

/**
 * The outbox as a sharing collector gets it: a reading is kept only while the instance is ours, so that none overlaps
 * with what the next owner reads. What was kept before is delivered whoever owns the instance by then. States are
 * forgotten when another has read in between (shards.ts), not when reading pauses.
 */
export const fencedOutbox = (outbox: Outbox, isOurs: (instance_id: string) => boolean): Outbox => ({
  readState: (instance_id, aspect) => outbox.readState(instance_id, aspect),
  async append(request) {
    const instance_id = request.batch?.instance_id ?? request.state?.instance_id ?? '';
    if (!isOurs(instance_id)) {
      const fix = 'Nothing to do where another collector reads it; else see that the store answers.';
      throw new OutboxError(`The lease on ${instance_id} lapsed: this reading is not kept`, fix);
    }
    await outbox.append(request);
  },
  pending: () => outbox.pending(),
  claim: (batch_id) => outbox.claim(batch_id),
  acknowledge: (batch_id) => outbox.acknowledge(batch_id),
  forget: async () => undefined,
  get size_bytes() {
    return outbox.size_bytes;
  },
  close: () => outbox.close(),
});
