import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { StoreError } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import type { LaneLag } from '../bus/bus.js';
import { startLagReport } from './lag-report.js';

const lane: LaneLag = { lane: 'plumbline.batches/0', lag_messages: 7, lag_s: 1.5 };

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(2);
}

/** Brokers and a store that answer or do not, and what was written. */
function stage() {
  const written: string[] = [];
  const on = { brokers_answer: true, store_answers: true, asked: 0, written };
  const store = {
    async insert(table: string, ndjson: string) {
      if (!on.store_answers) throw new StoreError('ECONNREFUSED');
      written.push(`${table} ${ndjson}`);
    },
  } as Partial<Store> as Store;
  const lag = async (): Promise<readonly LaneLag[]> => {
    on.asked += 1;
    if (!on.brokers_answer) throw new Error('no Kafka broker answers');
    return [lane];
  };
  const logged: string[] = [];
  const log = (level: string, message: string): void => void logged.push(`${level} ${message}`);
  return { on, logged, options: { bus: { lag }, store, log, ask_every_ms: 1 } };
}

test('what the brokers say is known at once and written down as rarely as asked', async () => {
  const { on, options } = stage();
  const report = startLagReport({ ...options, write_every_ms: 60_000 });
  await until(() => on.asked > 5);
  await report.stop();
  expect(report.lanes()).toEqual([lane]);
  expect(on.written).toHaveLength(1);
  expect(on.written[0]).toMatch(
    /^lane_lags {"lane":"plumbline.batches\/0","lag_messages":7,"lag_s":1.5,"observed_at":"2/,
  );
});

test('while no broker answers nothing is claimed or written, and afterwards it goes on', async () => {
  const { on, logged, options } = stage();
  const report = startLagReport({ ...options, write_every_ms: 0 });
  await until(() => on.written.length > 0);
  on.brokers_answer = false;
  await until(() => report.lanes().length === 0);
  const [before, asked] = [on.written.length, on.asked];
  await until(() => on.asked > asked + 3);
  expect(on.written).toHaveLength(before);
  expect(logged).toContain('debug How far the sink is behind is not known');
  on.brokers_answer = true;
  await until(() => on.written.length > before);
  await report.stop();
});

test('a store that is away costs the metrics nothing', async () => {
  const { on, logged, options } = stage();
  on.store_answers = false;
  const report = startLagReport({ ...options, write_every_ms: 0 });
  await until(() => logged.length > 2);
  expect(report.lanes()).toEqual([lane]);
  on.store_answers = true;
  await until(() => on.written.length > 0);
  await report.stop();
});
