import { createRequire } from 'node:module';
import { ProblemError } from '@plumbline/contracts';
import type rdkafka from 'node-rdkafka';

const load = createRequire(import.meta.url);

/**
 * The native client, loaded when a Kafka bus is first used: it is compiled when it is installed, and who uses memory:
 * needs no compiler. @throws ProblemError when it could not be built here.
 */
export function kafkaClient(): typeof rdkafka {
  try {
    return load('node-rdkafka') as typeof rdkafka;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'it does not load';
    throw new ProblemError([
      {
        where: 'installation',
        field: 'node-rdkafka',
        message: `the Kafka client was not built when it was installed (${code})`,
        mend: 'apt-get install build-essential python3 libssl-dev, then npm rebuild node-rdkafka.',
      },
    ]);
  }
}
