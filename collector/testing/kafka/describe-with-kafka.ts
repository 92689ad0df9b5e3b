import { describe } from '@jest/globals';
import { missingForKafka } from './broker-jars.js';

const missing = await missingForKafka();

/** A suite that needs a real broker. Where there can be none it is reported as skipped, and says what is missing. */
export function describeWithKafka(title: string, tests: () => void): void {
  if (missing === '') return describe(title, tests);
  process.stderr.write(`Skipped: ${title}: ${missing}\n`);
  describe.skip(title, tests);
}
