import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Detector } from '@plumbline/contracts';

export interface LoadedDetector {
  readonly detector: Detector;
  /** The doc comment over the detector, as one paragraph. */
  readonly doc: string;
  readonly cases: URL;
}

const own_folder = new URL('./', import.meta.url);

/**
 * Every detector of the folder, by name. Throws with all that is wrong at once: a file without a detector, a name that
 * is not the file's, a missing doc comment, example, threshold reason or case file.
 */
export async function loadDetectors(folder: URL = own_folder): Promise<readonly LoadedDetector[]> {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.js') && !file.endsWith('.test.js') && file !== 'load.js')
    .map((file) => file.slice(0, -'.js'.length))
    .sort();
  const problems: string[] = [];
  const loaded: LoadedDetector[] = [];
  for (const name of names) {
    const found = await loadOne(folder, name, problems);
    if (found) loaded.push(found);
  }
  if (problems.length > 0) throw new Error(`detectors cannot be loaded:\n${problems.join('\n')}`);
  return loaded;
}

async function loadOne(folder: URL, name: string, problems: string[]): Promise<LoadedDetector | undefined> {
  const module = (await import(new URL(`${name}.js`, folder).href)) as { default?: Partial<Detector> };
  const detector = module.default;
  if (!isDetector(detector)) {
    problems.push(`${name}: no default export with name, summary, needs, thresholds, example and detect`);
    return undefined;
  }
  // Comments live through compilation, so the page is made from the same text that a reader of the source sees.
  const comment = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*const detector = /.exec(
    readFileSync(new URL(`${name}.js`, folder), 'utf8'),
  );
  const doc = (comment?.[1] ?? '')
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  const cases = new URL(`${name}.cases.yml`, folder);
  if (detector.name !== name) problems.push(`${name}: calls itself "${detector.name}"`);
  if (doc === '') problems.push(`${name}: no doc comment over "const detector"`);
  if (detector.example.before === '' || detector.example.after === '') problems.push(`${name}: no example`);
  if (!existsSync(cases)) problems.push(`${name}: no ${name}.cases.yml beside it`);
  for (const threshold of detector.thresholds) {
    if (threshold.reason === '') problems.push(`${name}: threshold ${threshold.name} has no reason`);
  }
  return { detector, doc, cases };
}

function isDetector(found: Partial<Detector> | undefined): found is Detector {
  return (
    typeof found?.name === 'string' &&
    typeof found.summary === 'string' &&
    Array.isArray(found.needs) &&
    Array.isArray(found.thresholds) &&
    typeof found.example === 'object' &&
    typeof found.detect === 'function'
  );
}
