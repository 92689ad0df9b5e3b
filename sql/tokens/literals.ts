import type { Lexing } from './lexing.js';
import * as scan from './scan.js';
import { kind, type Kind, type TokenList } from './token-list.js';

const charset_introducer =
  /^_(utf8|utf8mb[34]|latin[1257]|binary|ascii|ucs2|utf16|utf16le|utf32|cp\d+|gbk|gb2312|gb18030|big5|sjis|ujis)$/;

/** A string that opens before `from`. */
export function readString(lexing: Lexing, from: number, backslash_escapes: boolean): void {
  const end = scan.quoteEnd(lexing.text, from, "'", backslash_escapes);
  readLiteral(lexing, end, kind.string, standIn(lexing.text, from, end));
}

/** A literal that ends at `end` (-1: never) and leaves nothing but `stand_in`. */
export function readLiteral(lexing: Lexing, end: number, token: Kind, stand_in: string): void {
  lexing.moveTo(end);
  addLiteral(lexing, token, stand_in);
}

export function addLiteral(lexing: Lexing, token: Kind, stand_in: string): void {
  const { tokens, flags } = lexing;
  dropLiteralMarks(lexing, token);
  const last = tokens.length - 1;
  if (token === kind.string && flags.adjacent_strings_join && tokens.kinds[last] === kind.string) return;
  if (tokens.wordBefore(1) === 'uescape') tokens.truncate(last);
  else tokens.push(token, stand_in);
}

/** Signs, character set introducers and `UESCAPE` belong to the literal. */
function dropLiteralMarks({ tokens, flags }: Lexing, token: Kind): void {
  let last = tokens.length - 1;
  if (tokens.kinds[last] === kind.word && token !== kind.constant) {
    if (flags.executable_comments && charset_introducer.test(tokens.texts[last] ?? '')) tokens.truncate(last);
    return;
  }
  while (last >= 0 && isSign(tokens, last) && !tokens.endsOperand(last - 1)) {
    tokens.truncate(last);
    last--;
  }
}

const isSign = (tokens: TokenList, place: number): boolean =>
  tokens.kinds[place] === kind.operator && (tokens.texts[place] === '-' || tokens.texts[place] === '+');

/** The literal's class is all that stays of it: whether a LIKE pattern could use an index shows in its first character. */
function standIn(text: string, from: number, end: number): string {
  const first = text.charAt(from);
  if (first === '%' || first === '_') return "'%x'";
  if (end < 0 || end - from > 512) return "'x'";
  const wildcard = text.indexOf('%', from);
  return wildcard >= 0 && wildcard < end ? "'x%'" : "'x'";
}
