/** Where things end in the text. Each takes the place of the opening and gives the place after the end; none throws. */

const code = (character: string): number => character.charCodeAt(0);

/** By character code below 128: 1 where the character may stand inside a word. */
export type WordParts = Uint8Array;

export function wordParts(besides_letters_digits_underscore: string): WordParts {
  const parts = new Uint8Array(128);
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const all = `${letters}${letters.toUpperCase()}0123456789_${besides_letters_digits_underscore}`;
  for (const character of all) parts[code(character)] = 1;
  return parts;
}
export const plain_parts = wordParts('');
export const parameter_parts = wordParts('$#');

export const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
export const isWordStart = (unit: number): boolean =>
  unit > 127 ? !isSpace(unit) : plain_parts[unit] === 1 && !isDigit(unit);

export function isSpace(unit: number): boolean {
  if (unit <= 32) return true;
  if (unit < 127) return false;
  return unit === 127 || unit === 0xa0 || unit === 0xfeff || unit === 0x3000 || (unit >= 0x2000 && unit <= 0x200b);
}

export function wordEnd(text: string, start: number, parts: WordParts): number {
  let place = start;
  for (; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    if (unit > 127 ? isSpace(unit) : parts[unit] !== 1) break;
  }
  return place;
}

/** The quote that closes at `start`'s quoting, doubled quotes skipped. -1 when the text ends first. */
export function quoteEnd(text: string, start: number, quote: string, backslash_escapes: boolean): number {
  if (!backslash_escapes) return plainQuoteEnd(text, start, quote);
  const unit = code(quote);
  for (let place = start; place < text.length; place++) {
    const here = text.charCodeAt(place);
    if (here === 92) place++;
    else if (here === unit) {
      if (text.charCodeAt(place + 1) !== unit) return place + 1;
      place++;
    }
  }
  return -1;
}

function plainQuoteEnd(text: string, start: number, quote: string): number {
  let place = text.indexOf(quote, start);
  while (place >= 0 && text.charAt(place + 1) === quote) place = text.indexOf(quote, place + 2);
  return place < 0 ? -1 : place + 1;
}

const closing: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}', '<': '>' };

/** `q'[ .. ]'`; `start` is after the quote. */
export function alternativeQuoteEnd(text: string, start: number): number {
  const open = text.charAt(start);
  const place = open === '' ? -1 : text.indexOf(`${closing[open] ?? open}'`, start + 1);
  return place < 0 ? -1 : place + 2;
}

/** The opening tag of a dollar quote at `start` (`$tag$`), '' when there is none. */
export function dollarTag(text: string, start: number): string {
  if (text.charAt(start + 1) === '$') return '$$';
  if (!isWordStart(text.charCodeAt(start + 1))) return '';
  const end = wordEnd(text, start + 1, plain_parts);
  return text.charAt(end) === '$' ? text.slice(start, end + 1) : '';
}

/** A comment opened by `/*` at `start`. -1 when the text ends first. */
export function commentEnd(text: string, start: number, nested: boolean): number {
  let depth = 1;
  let place = start + 2;
  for (;;) {
    const close = text.indexOf('*/', place);
    if (close < 0) return -1;
    const open = nested ? text.indexOf('/*', place) : -1;
    if (open >= 0 && open < close) {
      depth++;
      place = open + 2;
    } else {
      place = close + 2;
      if (--depth === 0) return place;
    }
  }
}

const number_pattern =
  /0[xX][0-9a-fA-F_]*|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y;

export function numberEnd(text: string, start: number): number {
  number_pattern.lastIndex = start;
  return number_pattern.test(text) ? number_pattern.lastIndex : start + 1;
}

const operator_part = new Uint8Array(128);
for (const character of '-+*/<>=~!@#%^&|`?:') operator_part[code(character)] = 1;
const isOperatorPart = (unit: number): boolean => unit < 128 && operator_part[unit] === 1;
const colon = code(':');
const may_end_in_sign = /[~!@#%^&|`?]/;

/** PostgreSQL's rule: the longest run, cut at a comment; a run ends in a sign only if it holds an unusual character. */
export function freeOperatorEnd(text: string, start: number): number {
  let end = start;
  for (;;) {
    const unit = text.charCodeAt(end);
    if (!isOperatorPart(unit) || unit === colon) break;
    if (end > start && isCommentStart(text, end)) break;
    end++;
  }
  if (end - start > 1 && !may_end_in_sign.test(text.slice(start, end))) {
    while (end - start > 1 && /[-+]/.test(text.charAt(end - 1))) end--;
  }
  return Math.max(end, start + 1);
}

function isCommentStart(text: string, place: number): boolean {
  const two = text.slice(place, place + 2);
  return two === '--' || two === '/*';
}

const fixed_operators = /<=>|->>|!=|<>|\^=|<=|>=|\|\||&&|:=|=>|->|<<|>>|!<|!>|\*\*|\+=|-=|\*=|%=|&=|\|=/y;

export function fixedOperatorEnd(text: string, start: number): number {
  if (!isOperatorPart(text.charCodeAt(start + 1))) return start + 1;
  fixed_operators.lastIndex = start;
  return fixed_operators.test(text) ? fixed_operators.lastIndex : start + 1;
}
