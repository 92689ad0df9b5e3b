import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusHandler } from '../bus.js';
import { Lane } from './lane.js';

const patience_ms = 60_000;
let lane: Lane | undefined;
afterEach(() => lane?.end());

function laneWith(handler: BusHandler): { readonly lane: Lane; readonly committed: number[] } {
  const committed: number[] = [];
  lane = new Lane({
    ...{ name: 'batches/0', partition: 0, gather_ms: 0, bound_bytes: 1_000, handler },
    ...{ log: () => undefined, setPaused: () => undefined, commit: (offset) => committed.push(offset) },
  });
  return { lane, committed };
}

const message = (offset: number) => ({
  ...{ arrival: { content: Buffer.from('a'), place: { lane: 'batches/0', offset } } },
  ...{ size_bytes: 1, kept_at_ms: 0 },
});

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline_ms = Date.now() + patience_ms; !isSo() && Date.now() < deadline_ms;) await sleep(5);
}

describe('a lane whose handler must see more', () => {
  it(
    'shows it what came while it looked, though nothing comes after',
    async () => {
      const seen: number[] = [];
      let has_looked = false;
      const { lane: full, committed } = laneWith(async (arrivals) => {
        seen.push(arrivals.length);
        await until(() => has_looked);
        return arrivals.length < 2 ? 0 : arrivals.length;
      });
      full.push(message(41));
      await until(() => seen.length > 0);
      full.push(message(42));
      has_looked = true;
      await until(() => committed.length > 0);
      expect([seen, committed]).toEqual([[1, 2], [43]]);
    },
    patience_ms,
  );
});

describe('a lane whose commit did not reach the brokers', () => {
  it(
    'commits what it took last once more, though no message comes',
    async () => {
      const { lane: taking, committed } = laneWith((arrivals) => Promise.resolve(arrivals.length));
      taking.push(message(41));
      await until(() => committed.length > 0);
      taking.commitAgain();
      expect(committed).toEqual([42, 42]);
    },
    patience_ms,
  );

  it(
    'commits nothing while nothing was taken',
    async () => {
      let asked = 0;
      const { lane: waiting, committed } = laneWith(() => Promise.resolve((asked += 1) * 0));
      waiting.push(message(41));
      await until(() => asked > 0);
      waiting.commitAgain();
      expect(committed).toEqual([]);
    },
    patience_ms,
  );
});
