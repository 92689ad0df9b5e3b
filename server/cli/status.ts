import type { ServerStatus, ViewAnswer, ViewRow } from '@plumbline/contracts';
import type { Command } from 'commander';
import { findApi } from './api-client.js';
import { CommandFailure } from './command-failure.js';
import { exit_codes } from './exit-codes.js';
import { table } from './screen.js';
import type { Cli } from './screen.js';
import { openSetting, withConfigOptions } from './setting.js';
import type { ConfigOptions } from './setting.js';

type AspectRow = ViewRow<'aspects_latest'>;

export function addStatus(program: Command, cli: Cli): void {
  withConfigOptions(program.command('status'))
    .description('What the running server does: aspects, jobs, outbox')
    .option('--json', 'print JSON')
    .action(async (options: ConfigOptions & { json?: true }) => {
      const { loaded } = await openSetting(options, cli.screen);
      const api = await findApi(loaded.config.data_directory, 'viewer');
      if (api === undefined) {
        const message = `No server runs on ${loaded.config.data_directory}. Start one: plumbline start`;
        throw new CommandFailure(message, exit_codes.no_answer);
      }
      const status = await api.ask<ServerStatus>('GET', '/status');
      const { rows } = await api.ask<ViewAnswer<AspectRow>>('GET', '/views/aspects_latest?instance_id=');
      const is_well = rows.every(isWell) && status.jobs.every(({ last_state }) => last_state !== 'failed');
      cli.screen.out(
        options.json ? JSON.stringify({ ...status, aspects: rows }, null, 2) : text(status, rows, api.api_url),
      );
      if (!is_well) cli.end(exit_codes.something_is_wrong);
    });
}

const isWell = ({ state }: AspectRow): boolean => state === 'ok' || state === 'disabled';

function text(status: ServerStatus, aspects: readonly AspectRow[], api_url: string): string {
  const { version, started_at, outbox_batches, outbox_bytes, jobs } = status;
  return [
    `Plumbline ${version} at ${api_url}, running since ${started_at}`,
    `Outbox: ${outbox_batches} batches, ${outbox_bytes} bytes`,
    '',
    table(
      ['instance', 'aspect', 'state', 'read at', 'ms', 'message'],
      aspects.map((row) => [
        row.instance_id,
        row.aspect,
        row.state,
        row.observed_at,
        row.elapsed_ms.toFixed(0),
        [row.message, row.fix].filter(Boolean).join(' → '),
      ]),
    ),
    '',
    table(
      ['job', 'every s', 'state', 'last run', 'ms', 'report'],
      jobs.map((job) => [
        job.name,
        String(job.every_s),
        job.last_state,
        job.last_run_at ?? '',
        job.last_elapsed_ms?.toFixed(0) ?? '',
        job.summary,
      ]),
    ),
  ].join('\n');
}
