import type { DialectFlags } from './flags.js';
import type { Lexing } from './lexing.js';
import { addLiteral, readLiteral, readString } from './literals.js';
import * as scan from './scan.js';
import { kind, type TokenList } from './token-list.js';
import { reserved_words } from './words.js';

/** A bare word whose opening, of any characters, ends at `from`; or the string that a word like `E` or `N` opens. */
export function readWord(lexing: Lexing, from = lexing.place + 1): void {
  const { text, flags, place } = lexing;
  const end = scan.wordEnd(text, from, flags.word_parts);
  const word = text.slice(place, end).toLowerCase();
  const next = text.charAt(end);
  if (next === "'" && flags.string_prefixes.has(word)) return readPrefixedString(lexing, word, end);
  if (next === '&' && word === 'u' && flags.string_prefixes.has('u&')) {
    if (text.charAt(end + 1) === "'") return readString(lexing, end + 2, false);
    if (text.charAt(end + 1) === '"') {
      lexing.place = end + 1;
      return readQuoted(lexing, '"');
    }
  }
  lexing.place = end;
  addWord(lexing, word);
}

function readPrefixedString(lexing: Lexing, word: string, quote: number): void {
  if (word.endsWith('q')) {
    return readLiteral(lexing, scan.alternativeQuoteEnd(lexing.text, quote + 1), kind.string, "'x'");
  }
  readString(lexing, quote + 1, lexing.flags.backslash_escapes || word === 'e');
}

function addWord(lexing: Lexing, word: string): void {
  const { tokens, flags } = lexing;
  if (word === 'null' || word === 'true' || word === 'false') {
    if (!keepsConstant(tokens, word)) return addLiteral(lexing, kind.constant, 'null');
  } else if (isSecret(tokens)) return addLiteral(lexing, kind.string, "'x'");
  else if (flags.extract_field_is_literal && isExtractField(tokens, word)) {
    return addLiteral(lexing, kind.string, "'year'");
  }
  tokens.push(kind.word, word);
}

/** `IS NULL`, `IS NOT TRUE`, `NOT NULL`, `DEFAULT NULL ON NULL` are structure; `= NULL` is a value. */
function keepsConstant(tokens: TokenList, word: string): boolean {
  const last = tokens.length - 1;
  if (tokens.kinds[last] === kind.punctuation && tokens.texts[last] === '.') return true;
  const before = tokens.wordBefore(1);
  if (before === 'is' || (before === 'not' && tokens.wordBefore(2) === 'is')) return true;
  return word === 'null' && (before === 'not' || before === 'on');
}

/** `IDENTIFIED BY tiger`: a password may be a bare or a quoted word. */
function isSecret(tokens: TokenList): boolean {
  const before = tokens.wordBefore(1);
  if (before !== 'by' && before !== 'values') return false;
  const second = tokens.wordBefore(2);
  return second === 'identified' || (second === 'by' && tokens.wordBefore(3) === 'identified');
}

const extract_field = /^[a-z_]+$/;

function isExtractField(tokens: TokenList, word: string): boolean {
  return tokens.texts[tokens.length - 1] === '(' && tokens.wordBefore(2) === 'extract' && extract_field.test(word);
}

/** A name in quotes that `close` ends. One that means the same without its quotes becomes a bare word. */
export function readQuoted(lexing: Lexing, close: string): void {
  const { text, flags, tokens } = lexing;
  const start = lexing.place + 1;
  const end = scan.quoteEnd(text, start, close, false);
  const raw = text.slice(start, end < 0 ? text.length : end - 1);
  lexing.moveTo(end);
  if (isSecret(tokens)) return addLiteral(lexing, kind.string, "'x'");
  const name = fold(raw.replaceAll(close + close, close), flags);
  if (isBare(name, flags)) tokens.push(kind.word, name.toLowerCase());
  else tokens.push(kind.quoted, quote(name, flags.identifier_quotes));
}

const fold = (name: string, flags: DialectFlags): string =>
  flags.quoted_equals_bare === 'any' ? name.toLowerCase() : name;

const bare_lower = /^[a-z_][a-z0-9_]*$/;
const bare_upper = /^[A-Z][A-Z0-9_$#]*$/;

function isBare(name: string, flags: DialectFlags): boolean {
  const pattern = flags.quoted_equals_bare === 'upper' ? bare_upper : bare_lower;
  return pattern.test(name) && !reserved_words.has(name.toLowerCase());
}

function quote(name: string, [open, close]: readonly [string, string]): string {
  return open + name.replaceAll(close, close + close) + close;
}
