import { expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMariadb } from './local-binaries.js';
import { startLocalServer } from './local-server.js';
import { applicationOf } from './testing/tools.js';

it('lets nobody in without its password, keeps its data, and ends when told', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-my-'));
  const server = await startLocalServer({ directory });
  expect(statSync(directory).mode & 0o077).toBe(0);
  for (const user of ['root', server.admin, '']) {
    const stranger = createConnection({ host: server.host, port: server.port, user });
    await expect(stranger).rejects.toThrow(/denied/i);
  }
  const client = await applicationOf(server);
  await client.query('CREATE DATABASE kept');
  await client.end();
  await server.restart();
  const again = await applicationOf(server, 'kept');
  await again.end();
  await server.stop();
  await expect(applicationOf(server)).rejects.toThrow(/ECONNREFUSED/);
  rmSync(directory, { recursive: true });
});

it('says what the server said when it does not start', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-my-'));
  const starting = startLocalServer({ directory, binaries: findMariadb(), settings: { no_such_setting: '1' } });
  await expect(starting).rejects.toThrow(/no-such-setting/);
  expect(existsSync(join(directory, 'server.log'))).toBe(true);
  rmSync(directory, { recursive: true });
});
