import type { AspectName, AspectStatusRow, InstanceConfig } from '@plumbline/contracts';
import { startCollector, type CollectorOptions } from './collector.js';

export interface CollectOnceOptions extends Omit<CollectorOptions, 'instances'> {
  readonly instance: InstanceConfig;
  /** Absent: every enabled aspect of the engine. */
  readonly aspects?: readonly AspectName[] | undefined;
  /** How long to wait until the rows are in the store. */
  readonly drain_timeout_ms: number;
}

export interface CollectOnceReport {
  readonly statuses: readonly AspectStatusRow[];
  /** False: the rows wait in the outbox and the next start delivers them. */
  readonly is_delivered: boolean;
}

/** One reading of each aspect, for the command line. The first ever of a counter only sets its baseline. */
export async function collectOnce(options: CollectOnceOptions): Promise<CollectOnceReport> {
  const collector = startCollector({ ...options, instances: [options.instance] });
  try {
    const name = options.instance.name;
    const readings = options.aspects?.map((aspect) => collector.collectNow(name, aspect)) ?? [
      collector.collectNow(name),
    ];
    const statuses = (await Promise.all(readings)).flat();
    return { statuses, is_delivered: await collector.drain(options.drain_timeout_ms) };
  } finally {
    await collector.stop();
  }
}
