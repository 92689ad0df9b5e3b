import type { Command } from 'commander';
import { storeUri } from '../run.js';
import { migrateStore } from '../store.js';
import { findServer } from '../server-file.js';
import { CommandFailure } from './command-failure.js';
import { exit_codes } from './exit-codes.js';
import type { Cli } from './screen.js';
import { openSetting, withConfigOptions } from './setting.js';
import type { ConfigOptions } from './setting.js';

export function addMigrate(program: Command, cli: Cli): void {
  withConfigOptions(program.command('migrate'))
    .description('Bring the store to this version (start does it too); forward only')
    .option('--dry-run', 'print what would be done and do nothing')
    .option('--json', 'print JSON')
    .action(async (options: ConfigOptions & { dryRun?: true; json?: true }) => {
      const { loaded } = await openSetting(options, cli.screen);
      const uri = storeUri(loaded.config);
      const server = uri.startsWith('chdb:') ? await findServer(loaded.config.data_directory) : undefined;
      if (server !== undefined) {
        const message = `The server with process id ${server.pid} has the embedded store open. Stop it first.`;
        throw new CommandFailure(message, exit_codes.something_is_wrong);
      }
      const names = await migrateStore(uri, options.dryRun === true);
      if (options.json) return cli.screen.out(JSON.stringify({ dry_run: options.dryRun === true, migrations: names }));
      const verb = options.dryRun ? 'would be applied' : 'applied';
      cli.screen.out(
        names.length === 0 ? 'The store is up to date' : names.map((name) => `${name} ${verb}`).join('\n'),
      );
    });
}
