import { createBus } from '../../bus/bus.js';
import { startSink } from '../../sink/sink.js';
import { remoteStore } from './remote-store.js';

/** One sink: `sink-runner.js {"uri", "store_url"}`. Prints "lanes" when it has some; ends at SIGTERM as in production. */
const { uri, store_url } = JSON.parse(process.argv[2] ?? '') as { uri: string; store_url: string };
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
