/** What stands in every statement of ours, so that its own load can be told apart and left out. */
export const own_mark = '/* plumbline */';

/**
 * With its mark behind the first word: clients, gateways and PostgreSQL 18's statistics drop a comment in front of a
 * statement; one within could be a hint, and is left.
 */
export const marked = (sql: string): string => sql.replace(/^\s*\w+/, (word) => `${word} ${own_mark}`);

/** Whether a text, as a server kept it, bears our mark; in front of it too, where earlier versions put it. */
export const bearsMark = (text: string): boolean => /^\s*(?:\w+\s*)?\/\*\s*plumbline\s*\*\//i.test(text);
