import { setTimeout as sleep } from 'node:timers/promises';
import { createBus } from '../../bus/bus.js';
import { startDelivery } from '../../delivery.js';
import { silent_log } from '../../log.js';
import { OutboxError } from '../../outbox/outbox.js';
import { openOutbox } from '../../outbox/open.js';
import { emission, type EmissionShape } from './emission.js';
import { tellHeap } from './tell-heap.js';

/**
 * A collector without a database: reading after reading goes into the outbox together with the source's state, and
 * from there to the bus, as in production. Prints "ready", "refused …" for each reading that the outbox could not take,
 * and at SIGTERM, when everything is delivered, "emitted N".
 */
export interface EmitterSettings {
  readonly source: string;
  readonly uri: string;
  readonly outbox: string;
  readonly outbox_max_bytes: number;
  readonly interval_ms: number;
  readonly shape: EmissionShape;
  readonly heap_every_ms?: number;
}

const settings = JSON.parse(process.argv[2] ?? '') as EmitterSettings;
const { source } = settings;
if (settings.heap_every_ms !== undefined) tellHeap(settings.heap_every_ms);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const outbox = await openOutbox(settings.outbox, { max_bytes: settings.outbox_max_bytes, log: silent_log });
const bus = createBus(settings.uri);
const delivery = startDelivery({ outbox, bus, log: silent_log });
let is_stopping = false;
process.once('SIGTERM', () => (is_stopping = true));

async function emitted(): Promise<number> {
  return ((await outbox.readState(source, 'emitter')) as number | undefined) ?? 0;
}

/** As a collector's counters: a reading that was not written ahead has not happened, the next one covers it. */
async function read(): Promise<void> {
  const number = await emitted();
  const batch = await emission(source, number, settings.shape);
  try {
    await outbox.append({ batch, state: { instance_id: source, aspect: 'emitter', value: number + 1 } });
    delivery.wake();
  } catch (error) {
    if (!(error instanceof OutboxError)) throw error;
    say(`refused ${error.message}`);
  }
}

say('ready');
while (!is_stopping) {
  await read();
  await sleep(settings.interval_ms);
}
while (outbox.pending().length > 0) {
  delivery.wake();
  await sleep(20);
}
say(`emitted ${await emitted()}`);
await delivery.stop();
await bus.close();
await outbox.close();
process.exit(0);
