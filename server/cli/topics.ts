import { parseKafkaAddress } from '@plumbline/collector/bus/kafka/address';
import type { KafkaAddress } from '@plumbline/collector/bus/kafka/address';
import { engineDdl, tableColumns } from '@plumbline/collector/bus/kafka/engine-ddl';
import { lagOf } from '@plumbline/collector/bus/kafka/offsets';
import { createTopics, describeTopics, planTopics } from '@plumbline/collector/bus/kafka/topics';
import type { TopicPlan, TopicSizes, TopicState } from '@plumbline/collector/bus/kafka/topics';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { kafkaSettings } from '../bus.js';
import { errorText } from '../logging.js';
import { CommandFailure } from './command-failure.js';
import { exit_codes } from './exit-codes.js';
import { table } from './screen.js';
import type { Cli } from './screen.js';
import { openSetting, withConfigOptions } from './setting.js';
import type { ConfigOptions } from './setting.js';
import { withStore } from './with-store.js';

interface SizeOptions extends ConfigOptions {
  readonly partitions: number;
  readonly copies: number;
  readonly retentionHours: number;
  readonly json?: true;
}

export const retention_advice = `
Retention: choose more hours than the longest outage of sinks or store that must lose nothing; what is older than
that when the sinks come back is gone. 168 hours (a week) outlasts a long weekend. Disk needed on all brokers together:
bytes per hour x hours x copies; a message is about a fifth of its rows' size (lz4).
Partitions: the most sinks that can share the work. To raise the number later, first let the sinks store everything
(lag 0) while the collectors are stopped: an instance moves to another partition with it.`;

export function addTopics(program: Command, cli: Cli): void {
  const topics = program.command('topics').description('The Kafka topics between collectors and sinks');
  withSizes(topics.command('create'))
    .description('Make the topics that are missing, with the settings they need')
    .addHelpText('after', retention_advice)
    .action(async (options: SizeOptions) => {
      const { address, settings } = await kafkaOf(options, cli);
      const created = await asked(() => createTopics(address, sizesOf(options), settings));
      const plans = planTopics(address, sizesOf(options));
      if (options.json) return cli.screen.out(JSON.stringify({ created, topics: plans }, null, 2));
      for (const plan of plans)
        cli.screen.out(`${plan.name}: ${created.includes(plan.name) ? 'made' : 'was there, left as it is'}`);
    });
  withSizes(topics.command('describe'))
    .description('What is in the topics, how far the sinks are, and what the settings must be')
    .addHelpText('after', retention_advice)
    .action(async (options: SizeOptions) => {
      const { address, settings } = await kafkaOf(options, cli);
      const states = await asked(() => describeTopics(address, settings));
      const plans = planTopics(address, sizesOf(options));
      const problems = plans.flatMap((plan) =>
        problemsOf(
          plan,
          states.find(({ name }) => name === plan.name),
        ),
      );
      if (problems.length > 0) cli.end(exit_codes.something_is_wrong);
      if (options.json) return cli.screen.out(JSON.stringify({ topics: states, wanted: plans, problems }, null, 2));
      cli.screen.out(text(address, plans, states, problems));
    });
  addEngineDdl(topics, cli);
}

function addEngineDdl(topics: Command, cli: Cli): void {
  withConfigOptions(topics.command('engine-ddl'))
    .description("Print DDL with which ClickHouse's own Kafka engine reads the topic: at least once, instead of sinks")
    .action(async (options: ConfigOptions) => {
      const { address } = await kafkaOf(options, cli);
      await withStore(options, cli.screen, async (store) => {
        for (const statement of engineDdl(address, await tableColumns(store))) cli.screen.out(`${statement};\n`);
      });
    });
}

const count = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 100_000)
    throw new InvalidArgumentError('Give a whole number from 1.');
  return number;
};

const withSizes = (command: Command): Command =>
  withConfigOptions(command)
    .option('--partitions <number>', 'of the topic of batches', count, 12)
    .option('--copies <number>', 'brokers that keep each message', count, 3)
    .option('--retention-hours <number>', 'how long batches are kept', count, 168)
    .option('--json', 'print JSON');

const sizesOf = ({ partitions, copies, retentionHours }: SizeOptions): TopicSizes => ({
  partitions,
  copies,
  retention_h: retentionHours,
});

async function kafkaOf(
  options: ConfigOptions,
  cli: Cli,
): Promise<{ readonly address: KafkaAddress; readonly settings: Record<string, string> }> {
  const { loaded, source } = await openSetting(options, cli.screen);
  const { uri } = loaded.config.bus;
  if (!uri.startsWith('kafka:')) {
    const message = `bus.uri is ${uri}: it has no topics. Set it to kafka://host:port,host:port/prefix.`;
    throw new CommandFailure(message, exit_codes.wrong_configuration);
  }
  return { address: parseKafkaAddress(uri), settings: await kafkaSettings(loaded.config, source) };
}

async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw new CommandFailure(errorText(error), exit_codes.no_answer);
  }
}

function problemsOf({ name, partitions }: TopicPlan, state: TopicState | undefined): readonly string[] {
  if (state === undefined) return [`${name} is not there. Make it: plumbline topics create`];
  const broken = state.partitions.flatMap((one) => {
    if (one.leader < 0) return [`${name}/${one.partition} has no leader: too few of its brokers run`];
    const missing = one.replicas.filter((broker) => !one.in_sync.includes(broker));
    return missing.length === 0 ? [] : [`${name}/${one.partition} is not in sync on broker ${missing.join(', ')}`];
  });
  const differs =
    state.partitions.length === partitions
      ? []
      : [`${name} has ${state.partitions.length} partitions, not ${partitions}`];
  return [...broken, ...differs];
}

function text(
  { group_id }: KafkaAddress,
  plans: readonly TopicPlan[],
  states: readonly TopicState[],
  problems: readonly string[],
): string {
  const rows = states.flatMap(({ name, partitions }) =>
    partitions.map((one) => [
      `${name}/${one.partition}`,
      String(one.leader),
      one.in_sync.join(','),
      String(one.next_offset - one.first_offset),
      name.endsWith('.batches') ? String(lagOf(one)) : '',
    ]),
  );
  const wanted = plans.flatMap(({ name, settings }) => [
    `${name} must have (kafka-configs.sh --describe --topic ${name} shows what it has):`,
    ...Object.entries(settings).map(([setting, value]) => `  ${setting}=${value}`),
  ]);
  return [
    table(['PARTITION', 'LEADER', 'IN SYNC', 'MESSAGES', `LAG OF ${group_id}`], rows),
    '',
    ...wanted,
    retention_advice,
    ...problems.map((problem) => `\n${problem}`),
  ].join('\n');
}
