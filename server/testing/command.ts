import { run } from '../cli/index.js';

/** A command in this process, with what it wrote; starting the program anew costs a second and more each time. */
export async function runCommand(...args: readonly string[]): Promise<{
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}> {
  const written = { stdout: '', stderr: '' };
  const code = await run(['node', 'plumbline', ...args], {
    out: (line) => void (written.stdout += `${line}\n`),
    error: (line) => void (written.stderr += `${line}\n`),
  });
  return { code, ...written };
}
