import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '@plumbline/clickhouse';
import type { Bus, Collector, Log, Outbox } from '@plumbline/collector';
import type { Engine, InstanceConfig } from '@plumbline/contracts';
import { errorText } from '../logging.js';
import { beatMs, startBeat } from './beat.js';
import type { Beat } from './beat.js';
import { handOver } from './handed-over.js';
import { Leases } from './leases.js';
import type { Won } from './leases.js';
import { LeaseTable } from './lease-table.js';
import { ownerOf } from './rendezvous.js';
import { TakingOver } from './taking-over.js';

export interface ShardsOptions {
  readonly store: Store;
  /** Unfenced: this is who decides which states it holds. */
  readonly outbox: Outbox;
  readonly bus: Pick<Bus, 'publish'>;
  readonly engines: readonly Engine[];
  readonly instances: readonly InstanceConfig[];
  /** Stays with the outbox: whoever has the outbox has its counter states. */
  readonly collector_id: string;
  readonly lapse_s: number;
  /** Alike in all collectors of a store. */
  readonly ship_states: boolean;
  readonly log: Log;
}

const member_beginning = 'collector/';
/** Of the ten seconds that a stop may take. */
const leave_within_ms = 4_000;
const leaseOn = (instance_id: string): string => `instance/${instance_id}`;

/** Which instances this collector reads, of all that the collectors on one store share. */
export class Shards {
  readonly #leases: Leases;
  readonly #running = new Set<string>();
  /** Claimed, and not read before a sink has told what the last owner's counters stood at. */
  #resting: readonly string[] = [];
  readonly #taking_over: TakingOver;
  #beat: Beat | undefined;
  #is_leaving = false;

  constructor(readonly options: ShardsOptions) {
    const lapse_ms = options.lapse_s * 1000;
    this.#leases = new Leases(new LeaseTable(options.store, options.collector_id), lapse_ms);
    this.#taking_over = new TakingOver(options);
  }

  get running(): number {
    return this.#running.size;
  }

  isOurs(instance_id: string): boolean {
    return this.#leases.holds(leaseOn(instance_id));
  }

  /** Of the lease on it; undefined when it is not ours. */
  termOf(instance_id: string): number | undefined {
    return this.#leases.termOf(leaseOn(instance_id));
  }

  start(collector: Collector): void {
    this.#beat = startBeat(() => this.round(collector), beatMs(this.options.lapse_s * 1000), this.options.log);
  }

  /** Stops reading, and leaves what is known of the counters to the next owners; gives up on a store that is away. */
  async stop(collector: Collector): Promise<void> {
    this.#is_leaving = true;
    const leaving = this.#leave(collector).catch((error: unknown) => {
      this.options.log('warn', 'Instances were not handed over; their leases lapse', { error: errorText(error) });
    });
    await Promise.race([leaving, sleep(leave_within_ms, undefined, { ref: false })]);
  }

  async #leave(collector: Collector): Promise<void> {
    this.#taking_over.stop();
    await this.#beat?.stop();
    const names = [...this.#running];
    await Promise.all(names.map((name) => collector.remove(name)));
    await this.#giveUp(names);
    await this.#leases.release([this.#membership, ...this.#resting.map(leaseOn)]);
  }

  /** One round: counts the living, lets go what is another's, takes what is ours. */
  async round(collector: Collector): Promise<void> {
    const members = await this.#leases.table.living(member_beginning, this.#patience());
    const all = [...new Set([...members, this.options.collector_id])];
    const isOursByHash = ({ name }: InstanceConfig): boolean => ownerOf(name, all) === this.options.collector_id;
    const wanted = this.options.instances.filter(isOursByHash);
    await this.#letGo(collector, new Set(wanted.map(({ name }) => name)));
    const won = await this.#leases.seek([this.#membership, ...wanted.map(({ name }) => leaseOn(name))]);
    await this.#prepare(won, collector);
    const resting = new Set(this.#resting.map(leaseOn));
    await this.#leases.takeUp(won.map(({ lease_name }) => lease_name).filter((name) => !resting.has(name)));
    await this.#follow(collector, wanted);
  }

  get #membership(): string {
    return `${member_beginning}${this.options.collector_id}`;
  }

  readonly #patience = (): AbortSignal => AbortSignal.timeout(this.options.lapse_s * 1000);

  async #letGo(collector: Collector, wanted: ReadonlySet<string>): Promise<void> {
    await this.#leases.release(this.#resting.filter((name) => !wanted.has(name)).map(leaseOn));
    const leaving = [...this.#running].filter((name) => !wanted.has(name));
    if (leaving.length === 0) return;
    await Promise.all(leaving.map((name) => collector.remove(name)));
    await this.#giveUp(leaving);
  }

  /** Hands over only what is still ours: a lease that lapsed may have a new owner with newer states. */
  async #giveUp(names: readonly string[]): Promise<void> {
    const { engines, instances, outbox, store, log } = this.options;
    for (const name of names) this.#running.delete(name);
    for (const name of names.filter((one) => this.isOurs(one))) {
      const engine = engines.find(({ id }) => id === instances.find((one) => one.name === name)?.engine);
      const aspects = engine?.aspects.map((aspect) => aspect.name) ?? [];
      await handOver({ instance_id: name, term: this.#leases.termOf(leaseOn(name)) ?? 0 }, aspects, outbox, store);
      log('info', 'An instance is given to another collector', { instance_id: name });
    }
    await this.#leases.release(names.map(leaseOn));
  }

  /** What of the instances won cannot be read yet rests. */
  async #prepare(won: readonly Won[], collector: Collector): Promise<void> {
    const instances = won
      .filter(({ lease_name }) => lease_name !== this.#membership)
      .map((one) => ({ ...one, instance_id: one.lease_name.slice(leaseOn('').length) }));
    for (const { instance_id } of instances) {
      // Its lease lapsed unnoticed: a reading under way began with states that may be out of date.
      if (this.#running.delete(instance_id)) await collector.remove(instance_id);
    }
    const ready = new Set((await this.#taking_over.prepare(instances)).map(({ instance_id }) => instance_id));
    this.#resting = instances.map(({ instance_id }) => instance_id).filter((name) => !ready.has(name));
  }

  async #follow(collector: Collector, wanted: readonly InstanceConfig[]): Promise<void> {
    for (const name of this.#running) {
      if (this.isOurs(name)) continue;
      this.#running.delete(name);
      await collector.remove(name);
    }
    for (const config of wanted) {
      if (this.#is_leaving || this.#running.has(config.name) || !this.isOurs(config.name)) continue;
      this.#running.add(config.name);
      collector.add(config);
    }
  }
}
