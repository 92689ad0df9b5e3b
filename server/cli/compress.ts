import { writeFile } from 'node:fs/promises';
import { workload_formats } from '@plumbline/contracts';
import type { WorkloadAnswer, WorkloadFormat } from '@plumbline/contracts';
import { Option } from 'commander';
import type { Command } from 'commander';
import { workloadFile } from '../workload-export.js';
import { findApi } from './api-client.js';
import { wholeFromOne } from './arguments.js';
import { CommandFailure } from './command-failure.js';
import { exit_codes } from './exit-codes.js';
import { table } from './screen.js';
import type { Cli } from './screen.js';
import { openSetting, withConfigOptions } from './setting.js';
import type { ConfigOptions } from './setting.js';

interface CompressOptions extends ConfigOptions {
  readonly keep?: number;
  readonly hours: number;
  readonly format?: WorkloadFormat;
  readonly out?: string;
}

export function addCompress(program: Command, cli: Cli): void {
  withConfigOptions(program.command('compress'))
    .description('The few queries that stand for an instance’s workload, on the screen or as a file for another tool')
    .argument('<instance>')
    .option('--keep <count>', 'how many; the square root of the number of queries when left out', wholeFromOne)
    .option('--hours <count>', 'the last hours to look at', wholeFromOne, 24)
    .addOption(new Option('--format <format>', 'of the file').choices(workload_formats))
    .option('--out <file>', 'where to write it; needed for parquet')
    .action(async (instance_id: string, options: CompressOptions) => {
      const { format = 'json', out } = options;
      if (format === 'parquet' && out === undefined)
        throw new CommandFailure('Parquet is no text: name a file with --out.', exit_codes.wrong_command);
      const workload = await ask(instance_id, options, cli);
      if (out !== undefined) {
        await writeFile(out, workloadFile(workload, format));
        cli.screen.out(`${summary(workload)}\nWritten to ${out}`);
      } else if (options.format === undefined) cli.screen.out(`${summary(workload)}\n\n${listed(workload)}`);
      else cli.screen.out(workloadFile(workload, format).toString().trimEnd());
    });
}

async function ask(instance_id: string, options: CompressOptions, cli: Cli): Promise<WorkloadAnswer> {
  const { loaded } = await openSetting(options, cli.screen);
  const api = await findApi(loaded.config.data_directory, 'viewer');
  if (api === undefined) {
    const message = `No server runs on ${loaded.config.data_directory}. Start one: plumbline start`;
    throw new CommandFailure(message, exit_codes.no_answer);
  }
  const until = new Date();
  const from = new Date(until.getTime() - options.hours * 3_600_000);
  const span = `from=${from.toISOString()}&until=${until.toISOString()}`;
  const keep = options.keep === undefined ? '' : `&k=${options.keep}`;
  const path = `/instances/${encodeURIComponent(instance_id)}/workload?${span}${keep}`;
  const workload = await api.ask<WorkloadAnswer>('GET', path);
  if (workload.of_queries > 0) return workload;
  throw new CommandFailure(
    `No query of ${instance_id} is known in the last ${options.hours} h: see plumbline status.`,
    exit_codes.something_is_wrong,
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const summary = ({ queries, of_queries, cost_share, calls_share, column_share }: WorkloadAnswer): string =>
  `${queries.length} of ${of_queries} queries stand for ${percent(cost_share)} of the time, ` +
  `${percent(calls_share)} of the calls and ${percent(column_share)} of the indexable columns`;

const shown_characters = 80;

const listed = ({ queries }: WorkloadAnswer): string =>
  table(
    ['weight', 'stands for', 'query', 'template'],
    queries.map(({ weight, stands_for, query_hash, template }) => [
      percent(weight),
      String(stands_for),
      query_hash,
      template.replace(/\s+/g, ' ').slice(0, shown_characters),
    ]),
  );
