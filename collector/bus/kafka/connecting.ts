import { setTimeout as sleep } from 'node:timers/promises';
import type rdkafka from 'node-rdkafka';
import { backOffMs } from '../../back-off.js';
import type { Log } from '../../log.js';

const metadata_within_ms = 5_000;

/**
 * Makes clients until one is connected: one whose first connecting failed is of no use any more. Throws when `signal`
 * aborts.
 */
export async function connectedClient<Client extends rdkafka.Producer | rdkafka.KafkaConsumer>(
  make: () => Client,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<Client> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    const client = make();
    const failure = await connect(client);
    if (failure === '') return client;
    log('warn', 'No Kafka broker answers; it is tried again', { attempt, error: failure });
    await sleep(backOffMs(attempt), undefined, { signal });
  }
}

function connect(client: rdkafka.Producer | rdkafka.KafkaConsumer): Promise<string> {
  return new Promise((resolve) => {
    client.connect({ timeout: metadata_within_ms }, (error) => resolve(error ? error.message : ''));
  });
}
