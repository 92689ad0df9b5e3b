import { mkdir } from 'node:fs/promises';
import { FileOutbox } from './file-outbox.js';
import { lockDirectory } from './lock.js';
import type { Outbox, OutboxOptions } from './outbox.js';

/** Opens or creates the outbox in `directory`. Throws `ProblemError` when another process has it open. */
export async function openOutbox(directory: string, options: OutboxOptions): Promise<Outbox> {
  await mkdir(directory, { recursive: true });
  const lock = await lockDirectory(directory);
  try {
    return await FileOutbox.open(directory, options, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}
