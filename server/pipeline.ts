import { join } from 'node:path';
import type { Store } from '@plumbline/clickhouse';
import { openOutbox, startCollector, startLagReport, startSink } from '@plumbline/collector';
import type { Bus, Collector, LagReport, Log, Outbox, Sink } from '@plumbline/collector';
import { system_clock } from '@plumbline/contracts';
import { FeatureExtractor } from '@plumbline/sql';
import { openBus } from './bus.js';
import { collectTools } from './collect-tools.js';
import type { Instances } from './credentials/instances.js';
import { collectorId } from './leases/collector-id.js';
import { fencedOutbox } from './leases/fenced-outbox.js';
import { Shards } from './leases/shards.js';
import type { Metrics } from './metrics/metrics.js';
import type { Opened } from './opened.js';
import { duties } from './roles.js';
import type { RunOptions } from './run.js';

/** The way from sources to the store, or the part of it that is this process's. */
export interface Pipeline {
  readonly outbox?: Outbox;
  readonly collector?: Collector;
  readonly sink?: Sink;
  /** Ends readings; in seconds even when a source hangs. */
  stop(): Promise<void>;
}

const drain_within_ms = 2_000;

export async function startPipeline(
  options: RunOptions,
  store: Store,
  instances: Instances,
  metrics: Metrics,
  opened: Opened,
): Promise<Pipeline> {
  const { config, log, source, role } = options;
  const { collects, stores, serves } = duties[role];
  if (!collects && !stores) return { stop: async () => undefined };

  const outbox = collects
    ? await openOutbox(join(config.data_directory, 'outbox'), { ...config.outbox, log })
    : undefined;
  if (outbox !== undefined) opened.add('outbox', () => outbox.close());
  const bus = await openBus(config, source, log);
  opened.add('bus', () => bus.close());
  const sink = stores ? await startSink({ bus, store, log }) : undefined;
  if (sink !== undefined) opened.add('sink', () => sink.stop());
  const lag = sink === undefined ? undefined : reportLag(bus, store, log, opened);
  metrics.readFrom({
    ...(outbox && { outbox: () => ({ size_bytes: outbox.size_bytes, batches: outbox.pending().length }) }),
    ...(sink && { sink: () => sink.status() }),
    ...(lag && { lanes: () => lag.lanes() }),
  });
  if (outbox === undefined) return { ...(sink && { sink }), stop: async () => undefined };

  const parts = { options, instances, metrics, bus, opened };
  if (serves) {
    const collector = collectorOf(parts, outbox, instances);
    return { outbox, collector, ...(sink && { sink }), stop: () => collector.stop() };
  }
  return { outbox, ...(await startSharing(parts, outbox, store)) };
}

/** Undefined where batches are carried in process: there nothing lies between collector and sink. */
function reportLag({ lag }: Bus, store: Store, log: Log, opened: Opened): LagReport | undefined {
  if (lag === undefined) return undefined;
  const report = startLagReport({ bus: { lag }, store, log });
  opened.add('lag report', () => report.stop());
  return report;
}

interface Parts {
  readonly options: RunOptions;
  readonly instances: Instances;
  readonly metrics: Metrics;
  readonly bus: Bus;
  readonly opened: Opened;
}

function collectorOf(parts: Parts, outbox: Outbox, reads: Pick<Instances, 'list'>): Collector {
  const { options, instances, metrics, bus, opened } = parts;
  const extractor = new FeatureExtractor();
  opened.add('feature extractor', () => extractor.close());
  const collector = startCollector({
    engines: options.engines,
    instances: reads.list(),
    resolvePassword: (instance) => instances.password(instance),
    outbox,
    bus,
    tools: collectTools(extractor),
    clock: system_clock,
    log: options.log,
    onStatus: metrics.reading,
  });
  opened.add('collector', () => collector.stop());
  return collector;
}

/** A collector among others: it reads what it has the lease on. */
async function startSharing(
  parts: Parts,
  outbox: Outbox,
  store: Store,
): Promise<{ readonly collector: Collector; stop(): Promise<void> }> {
  const { config, engines, log } = parts.options;
  const shards = new Shards({
    store,
    outbox,
    engines,
    instances: parts.instances.list(),
    collector_id: await collectorId(config.data_directory),
    ...config.leases,
    bus: parts.bus,
    log,
  });
  const fenced = fencedOutbox(outbox, shards);
  const collector = collectorOf(parts, fenced, { list: () => [] });
  shards.start(collector);
  const stop = async (): Promise<void> => {
    await shards.stop(collector);
    await collector.drain(drain_within_ms);
    await collector.stop();
  };
  parts.opened.add('shares', stop);
  return { collector, stop };
}
