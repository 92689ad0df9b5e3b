import { readFileSync } from 'node:fs';

/** What every statement of ours holds inside its text, where no view cuts it off. */
export const marker = '/* plumbline */';

const texts = new Map<string, string>();

/** The statement in `collect/<file>`, without its header comment and with our mark inside. */
export function statement(file: string): string {
  const known = texts.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`./collect/${file}`, import.meta.url), 'utf8')
    .replace(/^--.*\n/gm, '')
    .trim()
    .replace(/\bSELECT\b/, () => `SELECT ${marker}`);
  texts.set(file, text);
  return text;
}

/** The variant of a noun that this version can answer: `<noun>@<major>.sql` from that version on. */
export const variant = (noun: string, facts: { readonly major: number }, majors: readonly number[]): string => {
  const least = [...majors].sort((a, b) => b - a).find((major) => facts.major >= major);
  return statement(least === undefined ? `${noun}.sql` : `${noun}@${least}.sql`);
};

/** An identifier, always quoted: no reserved word or bracket can break it. */
export const quoted = (name: string): string => `[${name.replaceAll(']', ']]')}]`;
