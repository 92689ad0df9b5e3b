import { createBus } from '../../bus/bus.js';
import { startSink } from '../../sink/sink.js';
import { remoteStore } from './remote-store.js';
import { tellHeap } from './tell-heap.js';

/** Prints "ready", "lanes" when it has some, and the heap where it is asked to; ends at SIGTERM as in production. */
export interface SinkSettings {
  readonly uri: string;
  readonly store_url: string;
  readonly heap_every_ms?: number;
}

const { uri, store_url, heap_every_ms } = JSON.parse(process.argv[2] ?? '') as SinkSettings;
if (heap_every_ms !== undefined) tellHeap(heap_every_ms);
const log = (level: string, message: string, fields?: object): void => {
  if (message === 'Lanes of this sink') process.stdout.write('lanes\n');
  else if (level === 'error') process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
};
const bus = createBus(uri, { log });
const sink = await startSink({ bus, store: remoteStore(store_url), log });
process.stdout.write('ready\n');
process.once('SIGTERM', () => {
  void (async () => {
    await sink.stop();
    await bus.close();
    process.exit(0);
  })();
});
