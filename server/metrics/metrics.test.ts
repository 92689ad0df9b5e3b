import { expect, test } from '@jest/globals';
import type { LaneLag } from '@plumbline/collector';
import { createMetrics } from './metrics.js';

const linesOf = (text: string, name: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`));

test('how far a sink is behind is told per lane, and only of the lanes it has', async () => {
  let lanes: readonly LaneLag[] = [
    { lane: 'plumbline.batches/0', lag_messages: 7, lag_s: 1.5 },
    { lane: 'plumbline.batches/3', lag_messages: 0, lag_s: 0 },
  ];
  const { registry, readFrom } = createMetrics();
  readFrom({ lanes: () => lanes });
  const before = await registry.metrics();
  expect(linesOf(before, 'plumbline_kafka_lag_messages')).toEqual([
    'plumbline_kafka_lag_messages{lane="plumbline.batches/0"} 7',
    'plumbline_kafka_lag_messages{lane="plumbline.batches/3"} 0',
  ]);
  expect(linesOf(before, 'plumbline_kafka_lag_seconds')[0]).toBe(
    'plumbline_kafka_lag_seconds{lane="plumbline.batches/0"} 1.5',
  );
  lanes = lanes.slice(1);
  expect(linesOf(await registry.metrics(), 'plumbline_kafka_lag_messages')).toEqual([
    'plumbline_kafka_lag_messages{lane="plumbline.batches/3"} 0',
  ]);
});

test('a process without a sink tells of no lane', async () => {
  const { registry, readFrom } = createMetrics();
  readFrom({ outbox: () => ({ size_bytes: 1, batches: 1 }) });
  expect(await registry.metrics()).not.toContain('plumbline_kafka');
});
