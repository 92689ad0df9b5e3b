import { statementFiles } from '../shared/statement-files.js';

/** What every statement of ours holds inside its text, where no view cuts it off. */
export const marker = '/* plumbline */';

/** The statement in `collect/<file>`, without its header comment and with our mark inside. */
export const statement = statementFiles(new URL('./collect/', import.meta.url), (text) =>
  text.replace(/\bSELECT\b/, () => `SELECT ${marker}`),
);

/** The variant of a noun that this version can answer: `<noun>@<major>.sql` from that version on. */
export const variant = (noun: string, facts: { readonly major: number }, majors: readonly number[]): string => {
  const least = [...majors].sort((a, b) => b - a).find((major) => facts.major >= major);
  return statement(least === undefined ? `${noun}.sql` : `${noun}@${least}.sql`);
};

/** An identifier, always quoted: no reserved word or bracket can break it. */
export const quoted = (name: string): string => `[${name.replaceAll(']', ']]')}]`;
