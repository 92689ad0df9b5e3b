import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../credentials/atomic-file.js';

const file = 'collector-id';

/** Names the collector of this data directory for ever: its outbox, with the counter states, is there too. */
export async function collectorId(data_directory: string): Promise<string> {
  const path = join(data_directory, file);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = randomUUID();
  await writeAtomically(path, `${made}\n`);
  return made;
}
