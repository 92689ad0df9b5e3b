import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from './credentials/atomic-file.js';

/** Where the running server of a data directory is, so that the command line on the same machine finds it. */
const server_schema = z.strictObject({ pid: z.int(), api_url: z.string(), started_at: z.string() });
export type ServerFile = z.infer<typeof server_schema>;

const path = (data_directory: string): string => join(data_directory, 'server.json');

export const writeServerFile = (data_directory: string, server: ServerFile): Promise<void> =>
  writeAtomically(path(data_directory), `${JSON.stringify(server)}\n`);

export const removeServerFile = (data_directory: string): Promise<void> => rm(path(data_directory), { force: true });

/** Undefined when none runs: a file left behind by a killed process names a pid that is gone. */
export async function findServer(data_directory: string): Promise<ServerFile | undefined> {
  const text = await readFile(path(data_directory), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const server = server_schema.parse(JSON.parse(text));
    process.kill(server.pid, 0);
    return server;
  } catch (error) {
    // EPERM: it lives, under another user. Anything else: gone, or not our file.
    const lives = (error as NodeJS.ErrnoException).code === 'EPERM';
    return lives ? server_schema.parse(JSON.parse(text)) : undefined;
  }
}
