import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalServer } from './local-server.js';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'plumbline-parent-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const is_root = process.getuid?.() === 0;

it('names the closed directory and its remedy as root, and leaves its mode alone', async () => {
  const starting = startLocalServer({ directory: join(parent, 'postgresql') });
  if (!is_root) return (await starting).stop();
  await expect(starting).rejects.toThrow(`chmod o+x ${parent}`);
  expect(statSync(parent).mode & 0o777).toBe(0o700);
});

it('opens to passers-by only the directories that it made', async () => {
  chmodSync(parent, 0o711);
  const mask = process.umask(0o077);
  const starting = startLocalServer({ directory: join(parent, 'made', 'postgresql') });
  const server = await starting.finally(() => process.umask(mask));
  expect(statSync(parent).mode & 0o777).toBe(0o711);
  if (is_root) expect(statSync(join(parent, 'made')).mode & 0o777).toBe(0o711);
  await server.stop();
});
