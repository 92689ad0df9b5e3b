import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Small and quick to start; the tests move megabytes. */
const java_options = [
  '-Xms128m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

export interface BrokerSpec {
  readonly id: number;
  readonly port: number;
  readonly controller_port: number;
  readonly directory: string;
}

/** One broker process, being its own controller as well (KRaft). */
export class Broker {
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  private constructor(
    readonly spec: BrokerSpec,
    readonly class_path: string,
  ) {}

  static async prepare(
    spec: BrokerSpec,
    all: readonly BrokerSpec[],
    cluster_id: string,
    class_path: string,
  ): Promise<Broker> {
    await mkdir(spec.directory, { recursive: true });
    const properties = join(spec.directory, 'server.properties');
    await writeFile(properties, propertiesOf(spec, all));
    const storage_tool = ['kafka.tools.StorageTool', 'format', '-t', cluster_id, '-c', properties];
    await run('java', [...java_options, '-cp', class_path, ...storage_tool]);
    return new Broker(spec, class_path);
  }

  start(): void {
    if (this.#process !== undefined) throw new Error(`broker ${this.spec.id} runs already`);
    const output = openSync(this.#output, 'a');
    const server = ['kafka.Kafka', join(this.spec.directory, 'server.properties')];
    const child = spawn('java', [...java_options, '-cp', this.class_path, ...server], {
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    this.#process = child;
    const killWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    this.#ended = new Promise((resolve) =>
      child.once('exit', () => {
        process.off('exit', killWithUs);
        this.#process = undefined;
        resolve();
      }),
    );
  }

  /** As a machine that loses its power, but for what the operating system has in its own buffers. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#ended;
  }

  get is_running(): boolean {
    return this.#process !== undefined;
  }

  /** The end of what it wrote. */
  lastWords(): string {
    return readFileSync(this.#output, 'utf8').slice(-4_000);
  }

  get #output(): string {
    return join(this.spec.directory, 'output.log');
  }
}

function propertiesOf({ id, port, controller_port, directory }: BrokerSpec, all: readonly BrokerSpec[]): string {
  const copies = Math.min(3, all.length);
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': all.map((one) => `${one.id}@127.0.0.1:${one.controller_port}`).join(','),
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller_port}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(directory, 'log'),
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'auto.create.topics.enable': false,
    // A killed broker is noticed in seconds, not in the nine of a production cluster.
    'broker.session.timeout.ms': 6_000,
    'broker.heartbeat.interval.ms': 1_000,
    // On a busy machine the controllers must not depose each other for a pause.
    'controller.quorum.fetch.timeout.ms': 6_000,
    'controller.quorum.election.timeout.ms': 3_000,
  })
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
}
