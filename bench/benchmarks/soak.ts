/**
 * The scaled-out road left to itself: a collector's outbox and delivery, a real Kafka broker, a sink, and a store with
 * its materialized views, each in a process of its own, at a steady rate far below what the machine carries. What is
 * looked for is what only time shows: memory that grows, a lag that grows, batches that get older, parts that pile up,
 * a row too many or too few. The store is the embedded engine behind a port; Kafka needs Java 17 and Maven.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '@plumbline/collector/testing/faults/child';
import type { Child } from '@plumbline/collector/testing/faults/child';
import type { EmissionShape } from '@plumbline/collector/testing/faults/emission';
import { remoteStore } from '@plumbline/collector/testing/faults/remote-store';
import { Stage } from '@plumbline/collector/testing/faults/stage';
import { missingForKafka } from '@plumbline/collector/testing/kafka/broker-jars';
import { startKafka } from '@plumbline/collector/testing/kafka/start-kafka';
import { percentile } from '../figure.js';
import type { Benchmark, Figure } from '../figure.js';
import { agesS, takeSample } from '../soak/samples.js';
import type { Sample, Watched } from '../soak/samples.js';
import { figuresOf } from '../soak/verdict.js';

const default_minutes = 30;
/** Until the garbage collector, the client's buffers and the first merges have found their size. */
const warm_up_share = 1 / 3;
const sample_every_ms = 15_000;
const say_every = 4;
/** 1,000 rows per second: a fourteenth of what `npm run bench -- streaming` carries on two cores. */
const interval_ms = 250;
const shape: EmissionShape = { rows_per_batch: 250, clock: 'real' };

async function watch(stage: Stage, watched: Watched, minutes: number, say: (line: string) => void): Promise<Sample[]> {
  const samples: Sample[] = [];
  const began_ms = performance.now();
  const elapsedMin = (): number => (performance.now() - began_ms) / 60_000;
  while (elapsedMin() < minutes) {
    const since = new Date();
    await sleep(sample_every_ms);
    const sample = await takeSample(elapsedMin() / 60, watched, stage);
    if (sample === undefined) continue;
    samples.push(sample);
    if (samples.length % say_every === 0) say(progress(sample, await agesS(stage.store, since)));
  }
  return samples;
}

function progress({ at_h, collector_mb, sink_mb, store_mb, ...sample }: Sample, ages_s: readonly number[]): string {
  const heaps = [sample.collector_heap_mb, sample.sink_heap_mb].map((mb) => mb.toFixed(1)).join(', ');
  const memory = [collector_mb, sink_mb, store_mb].map((mb) => mb.toFixed(0)).join(', ');
  const age = ages_s.length === 0 ? 'nothing stored' : `p95 ${percentile(ages_s, 0.95).toFixed(2)} s`;
  const minute = (at_h * 60).toFixed(1);
  return `minute ${minute}: collector, sink, store ${memory} MB, heaps ${heaps} MB; lag ${sample.lag_messages}; ${age}; ${sample.parts} parts`;
}

async function measure(stage: Stage, store: Child, minutes: number, say: (line: string) => void) {
  const emitter = await stage.startEmitter({ shape, interval_ms });
  const sink = await stage.startSink();
  const began = new Date();
  const samples = await watch(stage, { collector: emitter, sink, store }, minutes, say);
  const warm_at_h = (minutes / 60) * warm_up_share;
  const warm_at = new Date(began.getTime() + warm_at_h * 3_600_000);
  const elapsed_s = (Date.now() - began.getTime()) / 1_000;
  const outcome = await stage.finish(emitter);
  return figuresOf({
    samples: samples.filter(({ at_h }) => at_h >= warm_at_h),
    ages_s: await agesS(stage.store, warm_at),
    outcome,
    batches_per_s: outcome.emitted / elapsed_s,
    rows_per_batch: shape.rows_per_batch,
  });
}

const benchmark: Benchmark = {
  name: 'soak',
  summary: 'memory, lag, age and exactness of the scaled-out road over half an hour',
  async run(say, { minutes = default_minutes }): Promise<readonly Figure[]> {
    const missing = await missingForKafka();
    if (missing !== '') throw new Error(missing);
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-soak-'));
    mkdirSync(join(directory, 'kafka'));
    const kafka = await startKafka({ brokers: 1, directory: join(directory, 'kafka') });
    const server = startChild('store-server', { directory: join(directory, 'store'), port: 0 });
    try {
      const store_url = `http://127.0.0.1:${(await server.line('ready')).split(' ')[1]}`;
      const on = {
        directory,
        kafka,
        copies: 1,
        store: remoteStore(store_url),
        store_url,
        bus_options: '',
        heap_every_ms: sample_every_ms,
      };
      const stage = await Stage.open('soak', on);
      return await measure(stage, server, minutes, say).finally(() => stage.close());
    } finally {
      await server.end('SIGKILL');
      await kafka.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
export default benchmark;
