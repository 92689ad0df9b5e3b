import { expect, it } from '@jest/globals';
import { ReadingMeter } from './reading-meter.js';

const refused = new Error('the connection was closed');

function watched() {
  const told: string[] = [];
  let now_ms = 0;
  const limit = { pause: () => void told.push('pause'), resume: () => void told.push('resume') };
  const passing = (ms: number) => {
    now_ms += ms;
    return Promise.resolve();
  };
  return { told, passing, meter: new ReadingMeter(limit, () => now_ms) };
}

it('counts what the server was busy with, not the wait for a turn nor our own work', async () => {
  const { told, passing, meter } = watched();
  const answer = await meter.turn(async (hasCome) => {
    await passing(1_000);
    told.push('turn');
    hasCome();
    await meter.statement(() => passing(100));
    await passing(700);
    await meter.statement(() => passing(20));
    return 'rows';
  });
  expect(answer).toBe('rows');
  expect(meter.busy_ms).toBe(120);
  expect(told).toEqual(['pause', 'turn', 'resume']);
});

it('counts a statement that fails', async () => {
  const { passing, meter } = watched();
  const failing = meter.statement(() => passing(30).then(() => Promise.reject(refused)));
  await expect(failing).rejects.toThrow(refused);
  expect(meter.busy_ms).toBe(30);
});

it('lets the limit run again when no turn comes', async () => {
  const { told, meter } = watched();
  await expect(meter.turn(() => Promise.reject(refused))).rejects.toThrow(refused);
  expect(told).toEqual(['pause', 'resume']);
});

it('measures without a limit', async () => {
  const meter = new ReadingMeter(undefined);
  await expect(meter.turn((hasCome) => Promise.resolve(hasCome()))).resolves.toBeUndefined();
  expect(meter.busy_ms).toBe(0);
});
