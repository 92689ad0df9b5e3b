import { StoreError, type Store } from '@plumbline/clickhouse';
import type { Arrival, Bus, BusHandler } from '../bus/bus.js';
import { silent_log } from '../log.js';
import { startSink } from '../sink/sink.js';

export type Fault = 'refused' | 'answer lost';
export type Fail = (table: string) => Fault | undefined;

/** A sink without a bus: the test is the bus. `fail` makes inserts fail before or after they were done. */
export async function sinkBehind(store: Store, fail: Fail = () => undefined) {
  let handler: BusHandler = async () => 0;
  const bus: Bus = {
    publish: async () => undefined,
    subscribe: async (given) => void (handler = given),
    close: async () => undefined,
  };
  const faulty: Store = {
    query: (sql, options) => store.query(sql, options),
    command: (sql, options) => store.command(sql, options),
    close: async () => undefined,
    async insert(table, ndjson, options) {
      const fault = fail(table);
      if (fault !== 'refused') await store.insert(table, ndjson, options);
      if (fault !== undefined) throw new StoreError('connection lost');
    },
  };
  const sink = await startSink({ bus, store: faulty, log: silent_log });
  const take = (arrivals: readonly Arrival[]) => handler(arrivals);
  return { take, status: () => sink.status(), stop: () => sink.stop() };
}
