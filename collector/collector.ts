import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '@plumbline/contracts';
import type { AspectName, AspectStatusRow, Clock, CollectTools, Engine, InstanceConfig } from '@plumbline/contracts';
import type { Bus } from './bus/bus.js';
import { startDelivery, type Delivery } from './delivery.js';
import { InstanceRunner } from './instance-runner.js';
import type { Log } from './log.js';
import type { Outbox } from './outbox/outbox.js';

/** Makes what an engine is lent for one reading; `abort` fires when the reading is given up. */
export type ToolsFactory = (engine: Engine, clock: Clock, abort: AbortSignal) => CollectTools;

export interface CollectorOptions {
  readonly engines: readonly Engine[];
  readonly instances: readonly InstanceConfig[];
  /** Called just before connecting. '' when the server asks for none. A rejection is a status with its message. */
  readonly resolvePassword: (config: InstanceConfig) => Promise<string>;
  readonly outbox: Outbox;
  readonly bus: Bus;
  readonly tools: ToolsFactory;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after every reading, also when its row is held back (status rows are written at a change or each minute). */
  readonly onStatus?: ((status: AspectStatusRow) => void) | undefined;
}

export interface InstanceStatus {
  readonly instance_id: string;
  readonly engine: string;
  readonly is_enabled: boolean;
  readonly connection: 'connected' | 'connecting' | 'failed' | 'idle';
  /** '' until the first connection. */
  readonly server_version: string;
  /** Why the connection failed and what mends it; '' when it did not. */
  readonly message: string;
  readonly fix: string;
  /** The last reading of each aspect of this engine that has been read or is disabled. */
  readonly aspects: readonly AspectStatusRow[];
}

export interface CollectorStatus {
  readonly instances: readonly InstanceStatus[];
  readonly pending_batches: number;
  readonly outbox_bytes: number;
  /** Why the last delivery failed; '' when it went through. */
  readonly delivery_error: string;
}

export interface Collector {
  /** Throws `ProblemError` when the engine is unknown or the name is taken. Connecting happens afterwards. */
  add(config: InstanceConfig): void;
  /** Reconnects with the new description; counter states stay. Throws `ProblemError` when there is no such instance. */
  update(config: InstanceConfig): Promise<void>;
  /** Stops reading it and forgets its counter states. Throws `ProblemError` when there is no such instance. */
  remove(instance_id: string): Promise<void>;
  /** Reads now, every enabled aspect or one; joins a reading that is under way. */
  collectNow(instance_id: string, aspect?: AspectName): Promise<readonly AspectStatusRow[]>;
  status(): CollectorStatus;
  /** Resolves when everything appended so far is in the store; false when that takes longer. */
  drain(timeout_ms: number): Promise<boolean>;
  /** Ends readings and deliveries within 10 s. What was not delivered stays in the outbox. */
  stop(): Promise<void>;
}

const stop_limit_ms = 8_000;
const drain_poll_ms = 20;

export function startCollector(options: CollectorOptions): Collector {
  return new RunningCollector(options);
}

class RunningCollector implements Collector {
  readonly #instances = new Map<string, InstanceRunner>();
  readonly #delivery: Delivery;

  constructor(readonly options: CollectorOptions) {
    this.#delivery = startDelivery(options);
    for (const config of options.instances) this.add(config);
  }

  add(config: InstanceConfig): void {
    if (this.#instances.has(config.name)) {
      throw problem(config.name, 'name', 'an instance of this name is monitored already', 'Choose another name.');
    }
    this.#begin(config);
  }

  async update(config: InstanceConfig): Promise<void> {
    const before = this.#instance(config.name);
    this.#engine(config);
    await before.stop();
    this.#begin(config);
  }

  async remove(instance_id: string): Promise<void> {
    const runner = this.#instance(instance_id);
    this.#instances.delete(instance_id);
    await runner.stop();
    await this.options.outbox.forget(instance_id);
  }

  async collectNow(instance_id: string, aspect?: AspectName): Promise<readonly AspectStatusRow[]> {
    return this.#instance(instance_id).readNow(aspect);
  }

  status(): CollectorStatus {
    return {
      instances: [...this.#instances.values()].map((runner) => runner.status()),
      pending_batches: this.options.outbox.pending().length,
      outbox_bytes: this.options.outbox.size_bytes,
      delivery_error: this.#delivery.error,
    };
  }

  async drain(timeout_ms: number): Promise<boolean> {
    const deadline = performance.now() + timeout_ms;
    while (this.options.outbox.pending().length > 0) {
      if (performance.now() >= deadline) return false;
      this.#delivery.wake();
      await sleep(drain_poll_ms);
    }
    return true;
  }

  async stop(): Promise<void> {
    const stopping = Promise.all([...this.#instances.values()].map((runner) => runner.stop()));
    const limit = sleep(stop_limit_ms, undefined, { ref: false });
    await Promise.race([stopping, limit]);
    await Promise.race([this.#delivery.stop(), limit]);
  }

  #begin(config: InstanceConfig): void {
    const runner = new InstanceRunner(config, this.#engine(config), this.options, () => this.#delivery.wake());
    this.#instances.set(config.name, runner);
    runner.start();
  }

  #engine(config: InstanceConfig): Engine {
    const engine = this.options.engines.find(({ id }) => id === config.engine);
    if (engine !== undefined) return engine;
    const known = this.options.engines.map(({ id }) => id).join(', ');
    throw problem(config.name, 'engine', `"${config.engine}" is not a known engine`, `Known: ${known}.`);
  }

  #instance(instance_id: string): InstanceRunner {
    const runner = this.#instances.get(instance_id);
    if (runner !== undefined) return runner;
    throw problem(instance_id, 'instance_id', 'there is no such instance', 'Add it first.');
  }
}

const problem = (name: string, field: string, message: string, mend: string): ProblemError =>
  new ProblemError([{ where: `instance ${name}`, field, message, mend }]);
