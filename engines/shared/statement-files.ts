import { readFileSync } from 'node:fs';

/** Gives the statement in a file of this folder, without its header comment; `finish` is applied once to each text. */
export function statementFiles(
  folder: URL,
  finish: (text: string) => string = (text) => text,
): (file: string) => string {
  const texts = new Map<string, string>();
  return (file) => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const text = readFileSync(new URL(file, folder), 'utf8').replace(/^--.*\n/gm, '');
    const finished = finish(text.trim());
    texts.set(file, finished);
    return finished;
  };
}
