import { dialects, type Dialect } from '@plumbline/contracts';
import { dialect_flags, type DialectFlags } from './flags.js';
import { Lexing } from './lexing.js';
import { readLiteral, readString } from './literals.js';
import { readQuoted, readWord } from './names.js';
import { readNumber } from './numbers.js';
import * as scan from './scan.js';
import * as signs from './signs.js';
import { kind, type TokenList } from './token-list.js';

export interface Lexed {
  readonly tokens: TokenList;
  /** The insides of optimizer hints (comments that open with a plus), literals not yet removed. */
  readonly hints: readonly string[];
  /** The text ended inside a string, a quoted name or a comment. */
  readonly is_open: boolean;
}

/** Cuts any text into tokens; never throws. */
export function lex(text: string, dialect: Dialect): Lexed {
  const readers = readers_of[dialect];
  const lexing = new Lexing(text, dialect_flags[dialect]);
  while (lexing.place < text.length) {
    const unit = text.charCodeAt(lexing.place);
    if (scan.isSpace(unit)) lexing.place++;
    else if (scan.isWordStart(unit)) readWord(lexing);
    else (readers[unit] ?? signs.readOperator)(lexing);
  }
  return lexing;
}

type Reader = (lexing: Lexing) => void;

/** What begins at each sign and digit of one dialect. */
function readersOf(flags: DialectFlags): readonly Reader[] {
  const readers = new Array<Reader>(128).fill(signs.readNameOrOperator);
  const set = (characters: string, reader: Reader): void => {
    for (const character of characters) readers[character.charCodeAt(0)] = reader;
  };
  set('0123456789', readNumber);
  set("'", (lexing) => readString(lexing, lexing.place + 1, flags.backslash_escapes));
  set('"', flags.double_quote === 'string' ? readDoubleQuotedString : (lexing) => readQuoted(lexing, '"'));
  set('`', flags.backtick_identifiers ? (lexing) => readQuoted(lexing, '`') : signs.readOperator);
  set('(),;{}]\\', signs.readPunctuation);
  set('[', flags.bracket_identifiers ? (lexing) => readQuoted(lexing, ']') : signs.readPunctuation);
  set('.', signs.readDot);
  set(':', signs.readColon);
  set('$', signs.readDollar);
  set('#', signs.readHash);
  set('@', signs.readAt);
  set('?', signs.readQuestionMark);
  set('-/*', signs.readCommentOrOperator);
  return readers;
}

function readDoubleQuotedString(lexing: Lexing): void {
  const end = scan.quoteEnd(lexing.text, lexing.place + 1, '"', lexing.flags.backslash_escapes);
  readLiteral(lexing, end, kind.string, "'x'");
}

const readers_of = Object.fromEntries(
  dialects.map((dialect) => [dialect, readersOf(dialect_flags[dialect])]),
) as Readonly<Record<Dialect, readonly Reader[]>>;
