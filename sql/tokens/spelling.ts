import type { Dialect } from '@plumbline/contracts';
import { isLiteral, kind, type Kind, type TokenList } from './token-list.js';
import { types_before_literal, words_before_operand, words_before_space } from './words.js';

/** The template: words in lower case, literals as `?`, one way to set spaces. */
export function spell(tokens: TokenList): string {
  return join(tokens, () => '?');
}

/** The statement again, fit for a parser: each literal is replaced by a stand-in of its own class. */
export function spellForParser(tokens: TokenList, dialect: Dialect): string {
  return join(tokens, (place) => standInAt(tokens, place, dialect));
}

function join(tokens: TokenList, literal: (place: number) => string): string {
  const { kinds, texts } = tokens;
  let text = '';
  for (let place = 0; place < kinds.length; place++) {
    const here = texts[place] ?? '';
    if (place > 0 && isSpaced(kinds, texts, place, here)) text += ' ';
    text += isLiteral(kinds[place]) ? literal(place) : here;
  }
  return text;
}

function isSpaced(kinds: readonly Kind[], texts: readonly string[], place: number, here: string): boolean {
  const before_kind = kinds[place - 1];
  const before = texts[place - 1] ?? '';
  if (before_kind === kind.punctuation && (before === '(' || before === '[' || before === '.' || before === '::')) {
    return false;
  }
  if (kinds[place] !== kind.punctuation) return true;
  switch (here) {
    case '(':
      return !isName(before_kind, before);
    case '[':
      return !isName(before_kind, before) && before !== ']' && before !== ')' && before !== 'array';
    case '{':
      return true;
    default:
      return false;
  }
}

const isName = (token: Kind | undefined, text: string): boolean =>
  token === kind.quoted || (token === kind.word && !words_before_space.has(text));

/** A parameter has no class of its own: what stands before it tells whether a number or a string is allowed there. */
function standInAt(tokens: TokenList, place: number, dialect: Dialect): string {
  const token = tokens.kinds[place];
  const text = tokens.texts[place] ?? '';
  if (token === kind.string || token === kind.constant) return text;
  const before = tokens.wordBefore(tokens.length - place + 1);
  if (before !== '' && types_before_literal.has(before)) return "'x'";
  if (before !== '' && !words_before_operand.has(before) && dialect === 'postgresql') return "'x'";
  if (tokens.texts[place - 1] === '(' && tokens.wordBefore(tokens.length - place + 2) === 'extract') return "'year'";
  return '1';
}
