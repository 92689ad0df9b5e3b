import { existsSync, readdirSync } from 'node:fs';
import type { Engine } from '@plumbline/contracts';

/** Every folder beside this file that has a manifest (`index.js`, export `engine`) is an engine: nothing is registered. */
export async function loadEngines(): Promise<ReadonlyMap<string, Engine>> {
  const engines = new Map<string, Engine>();
  for (const entry of readdirSync(new URL('.', import.meta.url), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const manifest = new URL(`./${entry.name}/index.js`, import.meta.url);
    if (!existsSync(manifest)) continue;
    const { engine } = (await import(manifest.href)) as { engine?: Engine };
    if (engine === undefined) throw new Error(`engines/${entry.name}/index.ts exports no "engine"`);
    if (engine.id !== entry.name) throw new Error(`engines/${entry.name} calls itself "${engine.id}"`);
    engines.set(engine.id, engine);
  }
  return engines;
}
