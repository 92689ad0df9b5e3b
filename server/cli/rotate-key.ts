import type { Command } from 'commander';
import { parseKey } from '../credentials/encryption.js';
import { resolveReference } from '../credentials/reference.js';
import { findServer } from '../server-file.js';
import { CommandFailure } from './command-failure.js';
import { exit_codes } from './exit-codes.js';
import type { Cli } from './screen.js';
import { instancesOf, openSetting, withConfigOptions } from './setting.js';
import type { ConfigOptions } from './setting.js';

/** Only beside a stopped server: a running one holds the old key, and its next edit would encrypt with that. */
export function addRotateKey(instances: Command, cli: Cli): void {
  withConfigOptions(instances.command('rotate-key'))
    .description('Encrypt every kept password with another key: PLUMBLINE_KEY is the old one, --new-key the next')
    .requiredOption('--new-key <reference>', 'where the new key is: env:NAME or file:/path')
    .action(async (options: ConfigOptions & { newKey: string }) => {
      const setting = await openSetting(options, cli.screen);
      const server = await findServer(setting.loaded.config.data_directory);
      if (server !== undefined) {
        const message = `The server with process id ${server.pid} uses the old key. Stop it first.`;
        throw new CommandFailure(message, exit_codes.something_is_wrong);
      }
      const key = parseKey(await resolveReference(options.newKey, '--new-key', setting.source), options.newKey);
      const count = await (await instancesOf(setting)).rotateKey(key);
      cli.screen.out(
        `${count} ${count === 1 ? 'password is' : 'passwords are'} encrypted with key ${key.key_id} now. ` +
          'Start with it as PLUMBLINE_KEY (or credentials.key), then destroy the old one.',
      );
    });
}
