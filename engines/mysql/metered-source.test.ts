import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectSource } from './connect.js';
import type { LocalServer } from './local-server.js';
import { metered } from './metered-source.js';
import { targetOf, temporaryServer } from './source-for-tests.js';

let server: LocalServer;
beforeAll(async () => {
  server = await temporaryServer({});
});
afterAll(() => server.stop());

it('counts what the server was busy with, not the wait for the lane nor our own work', async () => {
  const source = await connectSource(targetOf(server));
  const told: string[] = [];
  const limit = { pause: () => void told.push('pause'), resume: () => void told.push('resume') };
  const reading = metered(source, limit);
  const before = source.read('fast', async (query) => {
    await query('SELECT SLEEP(1) AS slept');
    told.push('turn');
  });
  await reading.read('fast', async (query) => {
    await query('SELECT SLEEP(0.1) AS slept');
    await sleep(700);
  });
  await before;
  await source.close();
  expect(reading.busy_ms).toBeGreaterThan(90);
  expect(reading.busy_ms).toBeLessThan(600);
  expect(told).toEqual(['pause', 'turn', 'resume']);
});

it('goes on counting when no turn comes', async () => {
  const source = await connectSource(targetOf(server));
  await source.close();
  let pauses = 0;
  const reading = metered(source, { pause: () => void pauses++, resume: () => void pauses-- });
  await expect(reading.read('fast', () => Promise.resolve())).rejects.toThrow('closed');
  expect(pauses).toBe(0);
});
