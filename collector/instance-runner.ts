import { utc } from '@plumbline/contracts';
import type { AspectName, AspectStatusRow, Engine, InstanceConfig } from '@plumbline/contracts';
import { planAspects } from './aspect-plan.js';
import { AspectRunner } from './aspect-runner.js';
import type { CollectorOptions, InstanceStatus } from './collector.js';
import { Connector } from './connector.js';
import { failureStatus } from './judge-reading.js';
import { makeBatch } from './make-batch.js';

/** One monitored server: its connection and a runner per aspect. */
export class InstanceRunner {
  readonly #connector: Connector;
  readonly #aspects: readonly AspectRunner[];

  constructor(
    readonly config: InstanceConfig,
    readonly engine: Engine,
    readonly options: CollectorOptions,
    readonly onAppended: () => void,
  ) {
    this.#connector = new Connector(engine, config, options.resolvePassword, (connection) =>
      this.#describe(connection.server_version),
    );
    this.#aspects = planAspects(engine, config).map(
      (plan) => new AspectRunner(config.name, plan, this.#connector, options, onAppended),
    );
  }

  start(): void {
    for (const aspect of this.#aspects) aspect.start();
    if (!this.config.enabled) void this.#describe('').catch((error: unknown) => this.#logUndescribed(error));
  }

  async readNow(aspect?: AspectName): Promise<readonly AspectStatusRow[]> {
    const asked = this.#aspects.filter(({ plan }) => plan.is_enabled && (aspect === undefined || plan.name === aspect));
    return Promise.all(asked.map((runner) => runner.readNow()));
  }

  status(): InstanceStatus {
    const { failure } = this.#connector;
    const told = failure === undefined ? undefined : failureStatus(failure);
    return {
      instance_id: this.config.name,
      engine: this.engine.id,
      is_enabled: this.config.enabled,
      connection: this.#connector.state,
      server_version: this.#connector.server_version,
      message: told?.message ?? '',
      fix: told?.fix ?? '',
      aspects: this.#aspects.flatMap((runner) => runner.status ?? []),
    };
  }

  /** Readings under way are given up; a connection being made is awaited and closed. */
  async stop(): Promise<void> {
    await Promise.all(this.#aspects.map((runner) => runner.stop()));
    await this.#connector.close();
  }

  /** The `instances` row. `started_at` is left to the engine, which alone can ask for it. */
  async #describe(server_version: string): Promise<void> {
    const now = this.options.clock.now();
    const row = {
      instance_id: this.config.name,
      engine: this.engine.id,
      engine_label: this.engine.label,
      server_version,
      abilities: this.engine.abilities,
      started_at: null,
      is_enabled: this.config.enabled ? (1 as const) : (0 as const),
      observed_at: utc(now),
    };
    const batch = await makeBatch({
      instance_id: this.config.name,
      aspect: 'connection',
      window_start: now,
      window_end: now,
      rows: { instances: [row] },
    });
    await this.options.outbox.append({ batch });
    this.onAppended();
  }

  #logUndescribed(error: unknown): void {
    this.options.log('error', 'An instance could not be written', { instance_id: this.config.name, error });
  }
}
