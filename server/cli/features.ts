import { access, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { feature_set_version } from '@plumbline/analytics/features/definition';
import { exportFeatures, importFeatures } from '@plumbline/analytics/features/exchange';
import { isFileStore, StoreError } from '@plumbline/clickhouse';
import type { FileStore, Store } from '@plumbline/clickhouse';
import { utc } from '@plumbline/contracts';
import type { Utc } from '@plumbline/contracts';
import { Option } from 'commander';
import type { Command } from 'commander';
import { errorText } from '../logging.js';
import { timeArgument, wholeFromOne } from './arguments.js';
import { CommandFailure } from './command-failure.js';
import { exit_codes } from './exit-codes.js';
import type { Cli } from './screen.js';
import { withConfigOptions } from './setting.js';
import type { ConfigOptions } from './setting.js';
import { withStore } from './with-store.js';

interface ExportOptions extends ConfigOptions {
  readonly version: number;
  readonly instance?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly out?: string;
}

export function addFeatures(program: Command, cli: Cli): void {
  const features = program
    .command('features')
    .description('Features of statements, queries and instances as files (docs/generated/features.md)');
  withConfigOptions(features.command('export'))
    .description('One version of the feature set as a Parquet file, 64-bit numbers exact')
    .addOption(new Option('--format <format>', 'of the file').choices(['parquet']).default('parquet'))
    .option('--version <number>', 'of the feature set', wholeFromOne, feature_set_version)
    .option('--instance <name>', 'only this instance; statements belong to none and are left out')
    .option('--from <time>', 'as of this time or later, UTC', timeArgument)
    .option('--to <time>', 'as of before this time, UTC', timeArgument)
    .option('--out <file>', 'default: features-v<version>.parquet')
    .action((options: ExportOptions) =>
      withStore(options, cli.screen, async (store) => cli.screen.out(await exported(filesOf(store), options))),
    );
  withConfigOptions(features.command('import'))
    .description('Take in a file that export wrote; the same file again adds nothing')
    .argument('<file>')
    .action((file: string, options: ConfigOptions) =>
      withStore(options, cli.screen, async (store) => cli.screen.out(await imported(filesOf(store), resolve(file)))),
    );
}

function filesOf(store: Store): Store & FileStore {
  if (isFileStore(store)) return store;
  throw new Error('the store gives and takes no files');
}

const earliest = '1970-01-02 00:00:00.000' as Utc;
const latest = '2199-12-31 00:00:00.000' as Utc;

async function exported(store: Store & FileStore, options: ExportOptions): Promise<string> {
  const { version, instance = '', from, to, out = `features-v${version}.parquet` } = options;
  const span = { from: from === undefined ? earliest : utc(from), to: to === undefined ? latest : utc(to) };
  const { rows, bytes } = await exportFeatures(store, { version, instance_id: instance, ...span });
  if (rows === 0) {
    const of = `features of version ${version}${instance === '' ? '' : ` of ${instance}`}`;
    throw new CommandFailure(
      `There are no ${of} in that span; nothing was written. The job "features" makes them: see plumbline status.`,
      exit_codes.something_is_wrong,
    );
  }
  await writeFile(out, bytes);
  return `${rows} rows of version ${version} written to ${out}`;
}

async function imported(store: Store & FileStore, file: string): Promise<string> {
  const rows = async (): Promise<number> =>
    (await store.query<{ rows: number }>('SELECT toUInt32(count()) AS rows FROM features FINAL'))[0]?.rows ?? 0;
  await access(file).catch((error: unknown) => {
    throw new CommandFailure(`${file} cannot be read: ${errorText(error)}`, exit_codes.wrong_command);
  });
  const before = await rows();
  try {
    await importFeatures(store, file);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code === 0) throw error;
    const message = `${file} is no file of features; nothing was taken in: ${errorText(error).split('\n')[0] ?? ''}`;
    throw new CommandFailure(message, exit_codes.something_is_wrong);
  }
  return `${(await rows()) - before} rows new, the others were known`;
}
