import type { Store } from '@plumbline/clickhouse';
import { storeUri } from '../run.js';
import { findServer } from '../server-file.js';
import { openPreparedStore } from '../store.js';
import { CommandFailure } from './command-failure.js';
import { exit_codes } from './exit-codes.js';
import type { Screen } from './screen.js';
import { openSetting } from './setting.js';
import type { ConfigOptions, Setting } from './setting.js';

/** For commands that need the store itself; an embedded one is only there while no server has it open. */
export async function withStore(
  options: ConfigOptions,
  screen: Screen,
  act: (store: Store, setting: Setting) => Promise<unknown>,
): Promise<void> {
  const setting = await openSetting(options, screen);
  const { config } = setting.loaded;
  const uri = storeUri(config);
  const server = uri.startsWith('chdb:') ? await findServer(config.data_directory) : undefined;
  if (server !== undefined) {
    const message = `The server with process id ${server.pid} has the embedded store open. Stop it first.`;
    throw new CommandFailure(message, exit_codes.something_is_wrong);
  }
  const { store } = await openPreparedStore(uri, () => undefined, setting.log);
  try {
    await act(store, setting);
  } finally {
    await store.close();
  }
}
