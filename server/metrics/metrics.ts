import type { LaneLag } from '@plumbline/collector';
import type { AspectStatusRow } from '@plumbline/contracts';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** What is read from others at scrape time instead of being pushed; each only where this process has it. */
export interface MetricSources {
  readonly outbox?: () => { readonly size_bytes: number; readonly batches: number };
  readonly sink?: () => {
    readonly batches: number;
    readonly rows: number;
    readonly dead_letters: number;
    readonly superseded: number;
    readonly retries: number;
  };
  readonly lanes?: () => readonly LaneLag[];
}

/** Names are `plumbline_<noun>_<unit>`; counters end in _total. */
export interface Metrics {
  readonly registry: Registry;
  reading(status: AspectStatusRow): void;
  jobRun(job: string, elapsed_ms: number, state: 'ok' | 'failed'): void;
  jobSummary(job: string, at: Date): void;
  request(route: string, method: string, status: number, elapsed_ms: number): void;
  /** One request to the ClickHouse endpoint. */
  statement(status: number, elapsed_ms: number): void;
  readFrom(sources: MetricSources): void;
}

const short_s = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // Event-loop lag, resident memory, CPU, open handles, garbage collection.
  collectDefaultMetrics({ register: registry, prefix: 'plumbline_' });

  const readings = new Counter({
    name: 'plumbline_readings_total',
    help: 'Readings of an aspect, by the state they ended in.',
    labelNames: ['instance_id', 'aspect', 'state'],
    registers,
  });
  const reading_seconds = new Histogram({
    name: 'plumbline_reading_seconds',
    help: 'What one reading took, at the source and here.',
    labelNames: ['instance_id', 'aspect'],
    buckets: short_s,
    registers,
  });
  const over_budget = new Counter({
    name: 'plumbline_backoffs_total',
    help: 'Readings that made an aspect back off because it went over its budget.',
    labelNames: ['instance_id', 'aspect'],
    registers,
  });
  const job_seconds = new Histogram({
    name: 'plumbline_job_seconds',
    help: 'What one run of an analytics job took.',
    labelNames: ['job', 'state'],
    buckets: short_s,
    registers,
  });
  const job_finished = new Gauge({
    name: 'plumbline_job_last_run_timestamp_seconds',
    help: 'When an analytics job last ended well.',
    labelNames: ['job'],
    registers,
  });
  const requests = new Histogram({
    name: 'plumbline_api_request_seconds',
    help: 'Requests to the HTTP API by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: short_s,
    registers,
  });
  const statements = new Histogram({
    name: 'plumbline_endpoint_request_seconds',
    help: 'Requests to the ClickHouse endpoint by status.',
    labelNames: ['status'],
    buckets: short_s,
    registers,
  });

  return {
    registry,
    reading(status) {
      const { instance_id, aspect, state } = status;
      readings.inc({ instance_id, aspect, state });
      reading_seconds.observe({ instance_id, aspect }, status.elapsed_ms / 1000);
      if (state === 'backing_off') over_budget.inc({ instance_id, aspect });
    },
    jobRun: (job, elapsed_ms, state) => job_seconds.observe({ job, state }, elapsed_ms / 1000),
    jobSummary: (job, at) => job_finished.set({ job }, at.getTime() / 1000),
    request: (route, method, status, elapsed_ms) =>
      requests.observe({ route, method, status: String(status) }, elapsed_ms / 1000),
    statement: (status, elapsed_ms) => statements.observe({ status: String(status) }, elapsed_ms / 1000),
    readFrom: (sources) => registerSources(sources, registers),
  };
}

function registerSources({ outbox, sink, lanes }: MetricSources, registers: Registry[]): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  if (outbox !== undefined) {
    gauge('plumbline_outbox_bytes', 'Bytes waiting on disk for the store.', () => outbox().size_bytes);
    gauge('plumbline_outbox_batches', 'Batches waiting on disk for the store.', () => outbox().batches);
  }
  if (lanes !== undefined) registerLanes(lanes, registers);
  if (sink === undefined) return;
  // Totals since the start of this process, kept by the sink itself: a scrape copies them.
  gauge('plumbline_sink_batches', 'Batches put into the store since the start.', () => sink().batches);
  gauge('plumbline_sink_rows', 'Rows put into the store since the start.', () => sink().rows);
  gauge('plumbline_sink_dead_letters', 'Batches refused with a reason since the start.', () => sink().dead_letters);
  gauge(
    'plumbline_sink_superseded',
    'Batches of killed collectors since the start that came too late and are counted again by the new owner.',
    () => sink().superseded,
  );
  gauge('plumbline_sink_retries', 'Inserts tried again since the start.', () => sink().retries);
}

/** Only lanes that this process has and knows of: a lane that went to another sink is told by that one. */
function registerLanes(lanes: () => readonly LaneLag[], registers: Registry[]): void {
  const gauge = (name: string, help: string, read: (lane: LaneLag) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['lane'],
      registers,
      collect() {
        this.reset();
        for (const one of lanes()) this.set({ lane: one.lane }, read(one));
      },
    });
  };
  gauge(
    'plumbline_kafka_lag_messages',
    'Messages of a partition that the brokers have and the store has not.',
    ({ lag_messages }) => lag_messages,
  );
  gauge(
    'plumbline_kafka_lag_seconds',
    'Since the brokers have the oldest message of a partition that the store has not.',
    ({ lag_s }) => lag_s,
  );
}
