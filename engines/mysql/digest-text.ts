/** The server writes one word for all that mean the same, and rarely the one that people write. */
const common_words: Readonly<Record<string, string>> = {
  DISTINCTROW: 'DISTINCT',
  SYSTEM_USER: 'USER',
  SCHEMA: 'DATABASE',
  RLIKE: 'REGEXP',
  STDDEV_POP: 'STDDEV',
  VAR_POP: 'VARIANCE',
  CHARACTER: 'CHAR',
  VARCHARACTER: 'VARCHAR',
  INTEGER: 'INT',
};
/** Without brackets behind them these were written otherwise. */
const bare_functions: Readonly<Record<string, string>> = {
  NOW: 'CURRENT_TIMESTAMP',
  CURDATE: 'CURRENT_DATE',
  CURTIME: 'CURRENT_TIME',
};
const quoted_or_word = /`(?:[^`]|``)*`|\b(?:SQL_TSI_)?([A-Z_]+)\b(?! \()|\b(?:SQL_TSI_)?([A-Z_]+)\b/g;

/** MySQL 9 puts a word before the text of a statement that was prepared before it was run. */
const executed = /^EXECUTE (?=(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|CALL|VALUES|TABLE|DO|SET)\b|\()/;

/**
 * The server's digest text with the words that people write, so that a text seen whole (a running statement, a slow log)
 * gives the same template, and a parser reads it: `DISTINCTROW`, `INTERVAL ? SQL_TSI_DAY`, and in MariaDB `(unknown)`
 * for a literal in hexadecimal.
 */
export function rawSpelling(digest_text: string): string {
  return digest_text
    .replace(quoted_or_word, (all, bare?: string, called?: string) => {
      if (bare !== undefined) return bare_functions[bare] ?? common_words[bare] ?? bare;
      return called === undefined ? all : (common_words[called] ?? called);
    })
    .replace(executed, '')
    .replace(/@@`(\w+)`/g, '@@$1')
    .replace(/\bSHOW ((?:FULL |EXTENDED )*)FIELDS\b/g, 'SHOW $1COLUMNS')
    .replace(/\(unknown\)/g, '?')
    .replace(/\(_charset\) /g, '')
    .trim();
}

/** A keyword, operator or literal takes two bytes of a digest, a name four and its own. */
const token_bytes = 2;
const name_bytes = 4;
const short_name_bytes = 24;
const token = /`(?:[^`]|``)*`|\(\.\.\.\)|\/\* , \.\.\. \*\/|\?, \.\.\.|[^\s`]+/g;

/**
 * Whether the server stopped reading tokens before the statement's end: it sets no mark. Statements that differ only
 * behind that point share this digest. Told by what the tokens take: within one name of the limit.
 */
export function isCut(digest_text: string, longest_digest_bytes: number): boolean {
  let bytes = 0;
  let longest_name_bytes = short_name_bytes;
  for (const [text] of digest_text.matchAll(token)) {
    if (!text.startsWith('`')) {
      bytes += token_bytes;
      continue;
    }
    const size = Buffer.byteLength(text.slice(1, -1).replaceAll('``', '`'));
    bytes += name_bytes + size;
    longest_name_bytes = Math.max(longest_name_bytes, size);
  }
  return bytes + name_bytes + longest_name_bytes > longest_digest_bytes;
}
