/**
 * The server's digest text, respelled where it says the same in other words than the statement did, so that a text seen
 * whole (a running statement, a slow log) gives the same template.
 */
export function rawSpelling(digest_text: string): string {
  return digest_text
    .replace(/`(?:[^`]|``)*`|\bSQL_TSI_(\w+)\b/g, (all, unit?: string) => unit ?? all)
    .replace(/@@`(\w+)`/g, '@@$1')
    .replace(/\bSYSTEM_USER \( \)/g, 'USER ( )')
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
