import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrival, Bus } from '@plumbline/collector';

/**
 * In place of Kafka where what is tested is who reads: one lane, kept in this process, to which others publish. As with
 * Kafka a publish that is answered is kept, one that is not may be.
 */
export interface OneLaneBroker {
  readonly uri: string;
  /** The sink's end of it. */
  readonly bus: Bus;
  /** From here on this collector's messages are neither kept nor answered. */
  cutOff(collector_id: string): void;
  reconnect(collector_id: string): void;
  close(): Promise<void>;
}

const poll_ms = 20;

export async function startOneLaneBroker(): Promise<OneLaneBroker> {
  const kept: Arrival[] = [];
  const cut_off = new Set<string>();
  let is_closed = false;
  let consuming: Promise<void> | undefined;

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (cut_off.has(request.url?.slice(1) ?? '')) return;
      kept.push({ content: Buffer.concat(chunks), place: { lane: 'one/0', offset: kept.length } });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const bus: Bus = {
    publish: () => Promise.reject(new Error('only other processes publish')),
    async subscribe(handler) {
      consuming = (async () => {
        for (let next = 0; !is_closed;) {
          if (kept.length > next) next += await handler(kept.slice(next)).catch(() => 0);
          await sleep(poll_ms);
        }
      })();
    },
    async close() {
      is_closed = true;
      await consuming;
    },
  };

  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bus,
    cutOff: (collector_id) => void cut_off.add(collector_id),
    reconnect: (collector_id) => void cut_off.delete(collector_id),
    async close() {
      await bus.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A collector's end of it. */
export const oneLaneBus = (uri: string, collector_id: string): Bus => ({
  async publish(batch) {
    await fetch(`${uri}/${collector_id}`, { method: 'POST', body: JSON.stringify(batch) });
  },
  subscribe: () => Promise.reject(new Error('only the sink subscribes')),
  close: async () => undefined,
});
