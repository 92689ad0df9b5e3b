import { utc } from '@plumbline/contracts';
import type { AspectName, AspectStatusRow, Engine, EngineConnection, InstanceConfig } from '@plumbline/contracts';
import { planAspects } from './aspect-plan.js';
import { AspectRunner } from './aspect-runner.js';
import type { CollectorOptions, InstanceStatus } from './collector.js';
import { Connector } from './connector.js';
import { failureStatus } from './judge-reading.js';
import { makeBatch } from './make-batch.js';

const retry_ms = 30_000;

/** One monitored server: its connection and a runner per aspect. */
export class InstanceRunner {
  readonly #connector: Connector;
  readonly #aspects: readonly AspectRunner[];
  #retry: NodeJS.Timeout | undefined;
  #is_stopped = false;

  constructor(
    readonly config: InstanceConfig,
    readonly engine: Engine,
    readonly options: CollectorOptions,
    readonly onAppended: () => void,
  ) {
    this.#connector = new Connector(engine, config, options.resolvePassword, (connection) =>
      this.#describe(connection),
    );
    this.#aspects = planAspects(engine, config).map(
      (plan) => new AspectRunner(config.name, plan, this.#connector, options, onAppended),
    );
  }

  start(): void {
    for (const aspect of this.#aspects) aspect.start();
    if (!this.config.enabled) this.#describeDisabled();
  }

  #describeDisabled(): void {
    this.#describe(undefined).catch(() => {
      if (!this.#is_stopped) this.#retry = setTimeout(() => this.#describeDisabled(), retry_ms);
    });
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
    this.#is_stopped = true;
    clearTimeout(this.#retry);
    await Promise.all(this.#aspects.map((runner) => runner.stop()));
    await this.#connector.close();
  }

  /** Writes the `instances` row; of a disabled instance nothing is known but that. */
  async #describe(connection: EngineConnection | undefined): Promise<void> {
    const now = this.options.clock.now();
    const row = {
      instance_id: this.config.name,
      engine: this.engine.id,
      engine_label: this.engine.label,
      server_version: connection?.server_version ?? '',
      abilities: this.engine.abilities,
      started_at: connection?.started_at === undefined ? null : utc(connection.started_at),
      is_enabled: this.config.enabled ? (1 as const) : (0 as const),
      cluster_name: this.config.cluster_name ?? connection?.cluster_name ?? '',
      is_replica: connection?.is_replica === true ? (1 as const) : (0 as const),
      observed_at: utc(now),
    };
    try {
      const batch = await makeBatch({
        instance_id: this.config.name,
        aspect: 'connection',
        window_start: now,
        window_end: now,
        rows: { instances: [row] },
      });
      await this.options.outbox.append({ batch });
    } catch (error) {
      this.options.log('error', 'An instance could not be written', { instance_id: this.config.name, error });
      throw error;
    }
    this.onAppended();
  }
}
