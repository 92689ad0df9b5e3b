import { describe, expect, it } from '@jest/globals';
import type { Job, JobContext } from '@plumbline/analytics';
import { system_clock } from '@plumbline/contracts';
import { startJobs } from './jobs.js';
import { createMetrics } from './metrics/metrics.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const job = (name: string, every_s: number, run: () => Promise<string>): Job => ({
  name,
  summary: name,
  everySeconds: () => every_s,
  run: async () => ({ summary: await run(), written_rows: 1 }),
});
function start(jobs: readonly Job[]) {
  const logged: string[] = [];
  const metrics = createMetrics();
  const context = {
    clock: system_clock,
    settings: {},
    log: (level: string, message: string) => void logged.push(`${level} ${message}`),
  } as unknown as JobContext;
  return { running: startJobs(jobs, context, metrics), logged, metrics };
}

describe('jobs', () => {
  it('run again and again, never twice at once, however slow they are', async () => {
    let now = 0;
    let most = 0;
    let runs = 0;
    const slow = job('slow', 0.02, async () => {
      most = Math.max(most, ++now);
      await pause(60);
      now--;
      return `run ${++runs}`;
    });
    const { running, metrics } = start([slow]);
    await pause(400);
    await running.stop(1_000);
    expect([most, now]).toEqual([1, 0]);
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(running.status()[0]).toMatchObject({ last_state: 'ok', summary: `run ${runs}` });
    expect(await metrics.registry.metrics()).toContain(`plumbline_job_seconds_count{job="slow",state="ok"} ${runs}`);
  });

  it('that fail are logged, counted, told in the status, and tried again; others go on', async () => {
    let tries = 0;
    const failing = job('failing', 0.02, async () => {
      if (++tries < 3) throw new Error('the store is away');
      return 'well again';
    });
    const steady = job('steady', 0.02, async () => 'fine');
    const { running, logged, metrics } = start([failing, steady]);
    await pause(30);
    expect(running.status().map(({ last_state }) => last_state)).toEqual(['failed', 'ok']);
    await pause(200);
    await running.stop(1_000);
    expect(running.status()[0]).toMatchObject({ last_state: 'ok', summary: 'well again' });
    expect(logged.filter((line) => line.startsWith('error'))).toHaveLength(2);
    expect(await metrics.registry.metrics()).toContain('plumbline_job_seconds_count{job="failing",state="failed"} 2');
  });

  it('stop in the time given even when one hangs', async () => {
    const { running } = start([job('hanging', 0.01, () => new Promise(() => undefined))]);
    await pause(50);
    const began = Date.now();
    await running.stop(100);
    expect(Date.now() - began).toBeLessThan(1_000);
    expect(running.status()[0]?.last_state).toBe('running');
  });
});
