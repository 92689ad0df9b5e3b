import { readdirSync } from 'node:fs';

/** What an engine's own tests read from: told in docs/generated/engines.md, one file per engine folder. */
export interface TestedOn {
  /** real server: its statements ran on a server of this engine. stand-in: on something built from the contract sheet. */
  readonly kind: 'real server' | 'stand-in';
  /** Which, with versions. */
  readonly sources: string;
  /** What has never met a real server, in words; '' for none. */
  readonly unproven: string;
}

/** Folders beside the engines: what all of them use, and their test tools. */
const folders_beside_engines: ReadonlySet<string> = new Set(['shared', 'testing']);

/** Every engine folder's `tested-on.ts`, by engine id. Throws where one is missing. */
export async function loadTestedOn(): Promise<ReadonlyMap<string, TestedOn>> {
  const told = new Map<string, TestedOn>();
  for (const entry of readdirSync(new URL('.', import.meta.url), { withFileTypes: true })) {
    if (!entry.isDirectory() || folders_beside_engines.has(entry.name)) continue;
    const file = new URL(`./${entry.name}/tested-on.js`, import.meta.url);
    const { tested_on } = (await import(file.href)) as { tested_on?: TestedOn };
    if (tested_on === undefined) throw new Error(`engines/${entry.name}/tested-on.ts exports no "tested_on"`);
    told.set(entry.name, tested_on);
  }
  return told;
}
