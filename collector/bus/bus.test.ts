import { expect, test } from '@jest/globals';
import { ProblemError } from '@plumbline/contracts';
import { describeBus } from './bus.contract.js';
import { createBus } from './bus.js';

describeBus('memory:', async () => ({ open: async () => createBus('memory:'), publish_means: 'taken' }));

test.each(['carrier-pigeon://loft', 'memory', ''])('the bus address "%s" is refused with how to mend it', (uri) => {
  expect(() => createBus(uri)).toThrow(ProblemError);
  expect(() => createBus(uri)).toThrow('Use memory:');
});
