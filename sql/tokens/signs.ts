import { readComment, readLineComment } from './comments.js';
import type { Lexing } from './lexing.js';
import { readLiteral } from './literals.js';
import { readWord } from './names.js';
import { readNumber } from './numbers.js';
import * as scan from './scan.js';
import { kind } from './token-list.js';
import { reserved_words } from './words.js';

export function readPunctuation(lexing: Lexing): void {
  lexing.tokens.push(kind.punctuation, lexing.text.charAt(lexing.place));
  lexing.place++;
}

export function readOperator(lexing: Lexing): void {
  const { text, flags, place } = lexing;
  const end = flags.free_operators ? scan.freeOperatorEnd(text, place) : scan.fixedOperatorEnd(text, place);
  const operator = text.slice(place, end);
  lexing.tokens.push(kind.operator, operator === '!=' || operator === '^=' ? '<>' : operator);
  lexing.place = end;
}

export function readCommentOrOperator(lexing: Lexing): void {
  if (!readComment(lexing)) readOperator(lexing);
}

/** A sign that in some dialects may begin a name. */
export function readNameOrOperator(lexing: Lexing): void {
  const { text, flags, place } = lexing;
  if (!flags.word_starts.includes(text.charAt(place))) readOperator(lexing);
  else readWord(lexing, place + (text.startsWith('@@', place) ? 2 : 1));
}

export function readHash(lexing: Lexing): void {
  if (lexing.flags.hash_comments) readLineComment(lexing);
  else readNameOrOperator(lexing);
}

export function readDot(lexing: Lexing): void {
  const { text, tokens, flags, place } = lexing;
  if (flags.merges_all_literal_lists && text.startsWith('...', place)) {
    lexing.place += 3;
    tokens.push(kind.parameter, '...');
  } else if (scan.isDigit(text.charCodeAt(place + 1)) && !tokens.endsOperand(tokens.length - 1)) readNumber(lexing);
  else readPunctuation(lexing);
}

const word_character = /\w/;

export function readColon(lexing: Lexing): void {
  const { text, flags, place } = lexing;
  const next = text.charAt(place + 1);
  if (next === ':') {
    lexing.tokens.push(kind.punctuation, '::');
    lexing.place += 2;
  } else if (flags.colon_parameters && next === '"') {
    readLiteral(lexing, scan.quoteEnd(text, place + 2, '"', false), kind.parameter, '?');
  } else if (flags.colon_parameters && word_character.test(next)) {
    readLiteral(lexing, scan.wordEnd(text, place + 1, scan.parameter_parts), kind.parameter, '?');
  } else if (next === '=') readOperator(lexing);
  else readPunctuation(lexing);
}

/** `$1`, `$tag$..$tag$`, SQL Server's `$12.50`, or a sign of the dialect. */
export function readDollar(lexing: Lexing): void {
  const { text, flags, place } = lexing;
  if (flags.dollar_quotes) {
    if (scan.isDigit(text.charCodeAt(place + 1))) {
      return readLiteral(lexing, scan.wordEnd(text, place + 1, scan.plain_parts), kind.parameter, '?');
    }
    const tag = scan.dollarTag(text, place);
    if (tag !== '') {
      const close = text.indexOf(tag, place + tag.length);
      return readLiteral(lexing, close < 0 ? -1 : close + tag.length, kind.string, "'x'");
    }
  } else if (/[\d.]/.test(text.charAt(place + 1))) {
    lexing.place++;
    return readNumber(lexing);
  }
  readNameOrOperator(lexing);
}

const parameter_start = /[\w@#$]/;

export function readAt(lexing: Lexing): void {
  const { text, flags, place } = lexing;
  const next = text.charAt(place + 1);
  if (!flags.at_parameters || !parameter_start.test(next) || next === '@') return readNameOrOperator(lexing);
  const before = lexing.tokens.wordBefore(1);
  // A table variable is a table, not a value.
  if (before === 'from' || before === 'join' || before === 'into' || before === 'update') return readWord(lexing);
  readLiteral(lexing, scan.wordEnd(text, place + 1, flags.word_parts), kind.parameter, '?');
}

export function readQuestionMark(lexing: Lexing): void {
  const { text, tokens, flags, place } = lexing;
  if (flags.free_operators) {
    const end = scan.freeOperatorEnd(text, place);
    if (end - place > 1) return readOperator(lexing);
    // A template has `?` for each literal, the jsonb operator `?` stands between two operands.
    if (tokens.endsOperand(tokens.length - 1) && operandFollows(text, end)) return readOperator(lexing);
  }
  readLiteral(lexing, place + 1, kind.parameter, '?');
}

const words_that_open_operand = new Set(['array', 'any', 'all', 'case', 'cast']);

function operandFollows(text: string, from: number): boolean {
  const next = /^\s*(.)(\w*)/s.exec(text.slice(from, from + 80));
  if (!next) return false;
  const [, first = '', rest = ''] = next;
  if (/['"$?(:]/.test(first)) return first !== ':';
  const word = (first + rest).toLowerCase();
  return /\w/.test(first) && (!reserved_words.has(word) || words_that_open_operand.has(word));
}
